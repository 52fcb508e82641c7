-- Events are purged by age, of all tenants at once.
CREATE INDEX ciam_audit_by_age ON ciam_audit (at);
