//! The list of requirements.

/// Makes one `#[test]` per requirement of the storage ports; see
/// [`store_contract`](mod@crate::store_contract).
///
/// Call it once per module: the tests go into modules named by port.
#[macro_export]
macro_rules! store_contract {
    ($make:expr) => {
        $crate::__store_contract_tests! {
            $make =>
            single_use {
                consume_has_one_winner,
                rotate_has_one_winner_and_one_successor,
                insert_has_one_winner,
                update_has_one_winner,
                insert_once_has_one_winner,
                insert_once_has_one_winner_after_it_expired,
                rotate_to_a_taken_key_changes_nothing,
                consume_against_rotate_has_one_winner,
                insert_once_counts_per_namespace_until_it_expires,
                consumed_is_gone_for_every_other_primitive,
                kinds_are_separate,
            }
            lifetime {
                a_record_comes_back_whole,
                a_payload_of_64_kib_fits,
                keys_are_any_bytes,
                an_expired_record_does_not_exist,
                consumed_is_replayed_until_forgotten,
                a_replay_without_a_grant_names_none,
                rotation_grace_gives_the_same_successor,
                rotating_nothing_stores_nothing,
                update_keeps_the_expiry,
                rotate_keeps_the_expiry,
                update_refuses_another_version,
                purge_is_bounded,
                purge_keeps_what_is_needed,
                an_expired_record_keeps_its_key_until_purged,
            }
            revocation {
                nothing_is_born_or_answered_after_revoke,
                revoke_is_idempotent,
                a_grant_revoked_before_its_first_record_stays_dead,
                revoke_hides_tombstones,
                revoke_by_subject_finds_every_grant,
                revoke_by_session_finds_every_grant,
                revoke_by_client_finds_every_grant,
                revoke_stays_in_its_tenant,
                revoke_against_rotate_leaves_nothing_alive,
                revoke_against_insert_leaves_nothing_alive,
                revoke_against_consume_leaves_nothing_alive,
                revoke_against_update_leaves_nothing_alive,
                purge_against_rotate_loses_no_grant,
                rotate_into_a_revoked_grant_stores_nothing,
            }
            tenants {
                records_are_separate,
                single_use_is_separate,
                accounts_are_separate,
                clients_are_separate,
                sessions_are_separate,
                consents_are_separate,
                keys_are_separate,
                vaults_are_separate,
                settings_are_separate,
                rates_are_separate,
                outboxes_are_separate,
            }
            accounts {
                an_account_is_found_every_way,
                an_unknown_account_is_none,
                what_is_taken_refuses_the_account,
                create_linked_has_one_winner,
                create_linked_refuses_a_taken_identifier,
                a_link_leads_to_one_account,
                the_last_method_stays,
                a_credential_is_a_method,
                racing_unlinks_leave_one_method,
                update_profile_has_one_winner,
                update_credential_has_one_winner,
            }
            sessions {
                a_session_lives_until_idle_or_expired,
                begin_replaces_the_old_session,
                begin_never_overwrites,
                update_session_has_one_winner,
                sessions_end_by_id_and_by_subject,
                an_ended_session_stays_ended,
                ended_sessions_are_purged,
            }
            consents {
                consents_are_merged,
                racing_consents_lose_nothing,
                consents_are_listed_and_withdrawn,
            }
            clients {
                a_client_is_stored_and_replaced,
                apis_are_stored_and_replaced,
            }
            keys {
                there_are_no_keys_at_first,
                replace_keys_has_one_winner,
                replace_keys_refuses_another_generation,
            }
            vault {
                put_has_one_winner_and_one_surrogate,
                a_surrogate_leads_to_its_entry,
                a_surrogate_stands_for_one_value,
                a_forgotten_value_is_gone,
            }
            settings {
                publish_has_one_winner,
                racing_publications_are_all_seen,
                there_are_no_settings_at_first,
                every_revision_stays_readable,
                changed_since_names_what_is_newer,
                publish_refuses_another_revision,
            }
            rates {
                take_allows_exactly_the_limit,
                take_allows_exactly_the_limit_in_the_next_window,
                the_window_begins_with_the_first,
                keys_are_counted_apart,
                what_is_given_back_can_be_taken_again,
                ended_windows_are_purged,
            }
            outbox {
                a_message_is_leased_until_completed,
                a_lease_is_due_and_bounded,
                racing_workers_share_no_message,
            }
            audit {
                events_are_appended,
                events_are_kept_for_the_retention,
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __store_contract_tests {
    ($make:expr => $($port:ident { $($requirement:ident),* $(,)? })*) => {
        $(
            mod $port {
                #[allow(unused_imports, reason = "the future may name items beside the call")]
                use super::*;

                $(
                    #[test]
                    fn $requirement() {
                        $crate::store_contract::run(
                            $make,
                            $crate::store_contract::$port::$requirement,
                        );
                    }
                )*
            }
        )*
    };
}
