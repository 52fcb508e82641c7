-- Times are milliseconds since 1970-01-01T00:00:00Z. Ids and digests are bytes.

CREATE TABLE ciam_migrations (
    version    INTEGER NOT NULL PRIMARY KEY,
    applied_at INTEGER NOT NULL
) STRICT;

-- StateStore. Liveness is here: a record whose grant has revoked_at does not exist.
CREATE TABLE ciam_grants (
    tenant           BLOB    NOT NULL,
    grant_id         BLOB    NOT NULL,
    subject          BLOB,
    session          BLOB,
    client           TEXT,             -- none while revoked before its first record
    revoked_at       INTEGER,
    remembered_until INTEGER NOT NULL, -- not before that of any of its records
    PRIMARY KEY (tenant, grant_id)
) STRICT;
CREATE INDEX ciam_grants_by_subject ON ciam_grants (tenant, subject) WHERE subject IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX ciam_grants_by_session ON ciam_grants (tenant, session) WHERE session IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX ciam_grants_by_client ON ciam_grants (tenant, client) WHERE client IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX ciam_grants_by_age ON ciam_grants (remembered_until);

CREATE TABLE ciam_records (
    tenant           BLOB    NOT NULL,
    route            BLOB    NOT NULL,
    kind             TEXT    NOT NULL,
    digest           BLOB    NOT NULL,
    grant_id         BLOB,             -- none, like client, for state before there is a grant
    subject          BLOB,
    session          BLOB,
    client           TEXT,
    expires_at       INTEGER NOT NULL,
    remembered_until INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    payload          BLOB    NOT NULL,
    used_at          INTEGER,          -- set once, by consume and rotate
    successor        BLOB,             -- set by rotate: the next handle, sealed for the holder of this one
    PRIMARY KEY (tenant, route, kind, digest)
) STRICT;
CREATE INDEX ciam_records_by_age ON ciam_records (remembered_until);

CREATE TABLE ciam_once (
    tenant     BLOB    NOT NULL,
    namespace  TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, namespace, digest)
) STRICT;
CREATE INDEX ciam_once_by_age ON ciam_once (expires_at);

-- AccountStore.
CREATE TABLE ciam_accounts (
    tenant         BLOB    NOT NULL,
    subject        BLOB    NOT NULL,
    status         TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    sealed_profile BLOB    NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT;

CREATE TABLE ciam_identifiers (
    tenant   BLOB    NOT NULL,
    digest   BLOB    NOT NULL,
    subject  BLOB    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, subject) REFERENCES ciam_accounts (tenant, subject) ON DELETE CASCADE
) STRICT;
CREATE INDEX ciam_identifiers_by_subject ON ciam_identifiers (tenant, subject, position);

CREATE TABLE ciam_credentials (
    tenant   BLOB    NOT NULL,
    subject  BLOB    NOT NULL,
    position INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    data     TEXT    NOT NULL,
    PRIMARY KEY (tenant, subject, position),
    FOREIGN KEY (tenant, subject) REFERENCES ciam_accounts (tenant, subject) ON DELETE CASCADE
) STRICT;

CREATE TABLE ciam_links (
    tenant     BLOB    NOT NULL,
    digest     BLOB    NOT NULL,
    subject    BLOB    NOT NULL,
    position   INTEGER NOT NULL,
    connection TEXT    NOT NULL,
    linked_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, subject) REFERENCES ciam_accounts (tenant, subject) ON DELETE CASCADE
) STRICT;
CREATE INDEX ciam_links_by_subject ON ciam_links (tenant, subject, position);

-- ClientStore. Documents are JSON.
CREATE TABLE ciam_clients (
    tenant   BLOB NOT NULL,
    client   TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, client)
) STRICT;

CREATE TABLE ciam_apis (
    tenant   BLOB NOT NULL,
    audience TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant, audience)
) STRICT;

-- SessionStore.
CREATE TABLE ciam_sessions (
    tenant   BLOB    NOT NULL,
    digest   BLOB    NOT NULL, -- of the cookie
    session  BLOB    NOT NULL,
    subject  BLOB    NOT NULL,
    ends_at  INTEGER NOT NULL, -- the earlier of its expiry and its idle limit
    version  INTEGER NOT NULL,
    document TEXT    NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX ciam_sessions_by_session ON ciam_sessions (tenant, session);
CREATE INDEX ciam_sessions_by_subject ON ciam_sessions (tenant, subject);
CREATE INDEX ciam_sessions_by_age ON ciam_sessions (ends_at);

-- ConsentStore.
CREATE TABLE ciam_consents (
    tenant  BLOB    NOT NULL,
    subject BLOB    NOT NULL,
    client  TEXT    NOT NULL,
    scopes  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject, client)
) STRICT;

-- KeyStore.
CREATE TABLE ciam_key_sets (
    tenant     BLOB    NOT NULL PRIMARY KEY,
    generation INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;

-- VaultStore.
CREATE TABLE ciam_vault (
    tenant     BLOB    NOT NULL,
    domain     TEXT    NOT NULL,
    lookup     BLOB    NOT NULL,
    surrogate  TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, domain, lookup),
    UNIQUE (tenant, domain, surrogate)
) STRICT;

-- SettingsStore. The second table names the active document of each kind.
CREATE TABLE ciam_settings (
    tenant       BLOB    NOT NULL,
    kind         TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (tenant, kind, revision)
) STRICT;

CREATE TABLE ciam_settings_active (
    tenant   BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind)
) STRICT;
CREATE UNIQUE INDEX ciam_settings_by_revision ON ciam_settings_active (tenant, revision, kind);

-- RateStore.
CREATE TABLE ciam_rates (
    tenant     BLOB    NOT NULL,
    key        BLOB    NOT NULL,
    ends_at    INTEGER NOT NULL, -- of the window
    count      INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX ciam_rates_by_age ON ciam_rates (ends_at);

-- Outbox. AUTOINCREMENT: a number is never given twice.
CREATE TABLE ciam_outbox (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant   BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    payload  BLOB    NOT NULL,
    due_at   INTEGER NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX ciam_outbox_by_due ON ciam_outbox (tenant, due_at);

-- AuditSink.
CREATE TABLE ciam_audit (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant      BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    client      TEXT,
    subject     TEXT,
    reason      TEXT,
    correlation TEXT
) STRICT;
CREATE INDEX ciam_audit_by_time ON ciam_audit (tenant, at);
