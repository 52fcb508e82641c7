//! [`ciam_core::store::AccountStore`]: people, credentials and links are one.

use ciam_core::account::IdentifierDigest;
use ciam_core::store::{Created, Linked, StoreError, Unlinked};
use ciam_core::{Stores, SubjectId, TenantId};

use super::samples::{TASKS, account, count, digest, link, race, subject, tenant};

/// An account is found by subject, by each identifier and by each link, and comes back whole.
pub async fn an_account_is_found_every_way(stores: Stores) {
    let tenant = tenant();
    let mut account = account();
    account.identifiers.push(IdentifierDigest(digest()));
    account.links.push(link());
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    stores
        .accounts
        .create(&tenant, super::samples::account())
        .await
        .unwrap();

    let found = stores.accounts.find(&tenant, &account.subject).await;
    assert_eq!(found.unwrap().as_ref(), Some(&account));
    for identifier in &account.identifiers {
        let found = stores.accounts.find_by_identifier(&tenant, identifier);
        assert_eq!(found.await.unwrap().as_ref(), Some(&account));
    }
    for link in &account.links {
        let found = stores.accounts.find_by_link(&tenant, &link.digest).await;
        assert_eq!(found.unwrap().as_ref(), Some(&account));
    }
}

/// Nobody is found who is not there.
pub async fn an_unknown_account_is_none(stores: Stores) {
    let tenant = tenant();
    let accounts = &stores.accounts;
    assert_eq!(accounts.find(&tenant, &subject()).await.unwrap(), None);
    let identifier = IdentifierDigest(digest());
    let found = accounts.find_by_identifier(&tenant, &identifier).await;
    assert_eq!(found.unwrap(), None);
    let found = accounts.find_by_link(&tenant, &link().digest).await;
    assert_eq!(found.unwrap(), None);
}

/// A subject, an identifier or a link that is taken refuses the whole account.
pub async fn what_is_taken_refuses_the_account(stores: Stores) {
    let tenant = tenant();
    let first = account();
    stores
        .accounts
        .create(&tenant, first.clone())
        .await
        .unwrap();

    let (mut same_subject, mut same_name, mut same_link) = (account(), account(), account());
    same_subject.subject = first.subject;
    same_name.identifiers.push(first.identifiers[0]);
    same_link.links.push(first.links[0].clone());
    for taken in [same_subject, same_name, same_link] {
        let created = stores.accounts.create(&tenant, taken.clone()).await;
        assert!(matches!(created, Err(StoreError::Conflict)));
        // All or nothing: its other names lead nowhere.
        let found = stores
            .accounts
            .find_by_identifier(&tenant, &taken.identifiers[0]);
        assert_eq!(found.await.unwrap(), None);
    }
    let found = stores.accounts.find(&tenant, &first.subject).await;
    assert_eq!(found.unwrap(), Some(first));
}

/// Of 64 first sign-ins with one upstream identity, one makes the account and all get it.
pub async fn create_linked_has_one_winner(stores: Stores) {
    let (tenant, shared) = (tenant(), link());
    let results = race(|_| {
        let accounts = stores.accounts.clone();
        let mut account = account();
        account.links = vec![shared.clone()];
        async move {
            let mine = account.clone();
            match accounts.create_linked(&tenant, account).await.unwrap() {
                Created::Created => (true, mine),
                Created::Existing(existing) => (false, existing),
            }
        }
    })
    .await;
    assert_eq!(count(&results, |(created, _)| *created), 1);
    let winner = &results.iter().find(|(created, _)| *created).unwrap().1;
    assert_eq!(count(&results, |(_, account)| account == winner), TASKS);
}

/// `create_linked` with a taken identifier, and a link that leads nowhere, is a conflict.
pub async fn create_linked_refuses_a_taken_identifier(stores: Stores) {
    let tenant = tenant();
    let first = account();
    stores
        .accounts
        .create(&tenant, first.clone())
        .await
        .unwrap();
    let mut second = account();
    second.identifiers = first.identifiers;
    let created = stores.accounts.create_linked(&tenant, second.clone()).await;
    assert!(matches!(created, Err(StoreError::Conflict)));
    let found = stores
        .accounts
        .find_by_link(&tenant, &second.links[0].digest);
    assert_eq!(found.await.unwrap(), None);
}

/// A link is added once, raises the version, and never moves to another account.
pub async fn a_link_leads_to_one_account(stores: Stores) {
    let (tenant, new) = (tenant(), link());
    let (mut mine, other) = (account(), account());
    for account in [&mine, &other] {
        stores
            .accounts
            .create(&tenant, account.clone())
            .await
            .unwrap();
    }
    let link = async |subject: &SubjectId| {
        let linked = stores.accounts.link(&tenant, subject, new.clone()).await;
        linked.unwrap()
    };
    assert_eq!(link(&subject()).await, Linked::Missing);
    assert_eq!(link(&mine.subject).await, Linked::Done);
    assert_eq!(link(&mine.subject).await, Linked::Done);
    assert_eq!(link(&other.subject).await, Linked::Taken);

    mine.links.push(new.clone());
    mine.version = 1;
    let found = stores.accounts.find_by_link(&tenant, &new.digest).await;
    assert_eq!(found.unwrap(), Some(mine));
}

/// The last way to sign in cannot be taken away.
pub async fn the_last_method_stays(stores: Stores) {
    let tenant = tenant();
    let mut account = account();
    account.credentials.clear();
    account.links.push(link());
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    let (first, last) = (account.links[0].digest, account.links[1].digest);
    let unlink = async |digest| {
        let unlinked = stores.accounts.unlink(&tenant, &account.subject, &digest);
        unlinked.await.unwrap()
    };
    assert_eq!(unlink(link().digest).await, Unlinked::Missing);
    assert_eq!(unlink(first).await, Unlinked::Done);
    assert_eq!(unlink(first).await, Unlinked::Missing);
    assert_eq!(unlink(last).await, Unlinked::LastMethod);
    let found = stores.accounts.find_by_link(&tenant, &last).await.unwrap();
    let found = found.expect("the account is still reached by its last link");
    assert_eq!((found.version, found.links.len()), (1, 1));
    assert_eq!(
        stores.accounts.find_by_link(&tenant, &first).await.unwrap(),
        None
    );
}

/// With a credential left, the only link can go, and is free for another account.
pub async fn a_credential_is_a_method(stores: Stores) {
    let (tenant, account) = (tenant(), account());
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    let unlinked = stores
        .accounts
        .unlink(&tenant, &account.subject, &account.links[0].digest);
    assert_eq!(unlinked.await.unwrap(), Unlinked::Done);
    let mut other = super::samples::account();
    other.links = account.links;
    let created = stores.accounts.create_linked(&tenant, other).await;
    assert_eq!(created.unwrap(), Created::Created);
}

/// Of two unlinks at once that would leave no method, one is refused.
pub async fn racing_unlinks_leave_one_method(stores: Stores) {
    let tenant = tenant();
    let mut account = account();
    account.credentials.clear();
    account.links = (0..TASKS).map(|_| link()).collect();
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    let results = race(|number| {
        let accounts = stores.accounts.clone();
        let (subject, digest) = (account.subject, account.links[number].digest);
        async move { accounts.unlink(&tenant, &subject, &digest).await.unwrap() }
    })
    .await;
    assert_eq!(count(&results, |r| *r == Unlinked::Done), TASKS - 1);
    assert_eq!(count(&results, |r| *r == Unlinked::LastMethod), 1);
}

/// Of 64 changes of one profile version, one is made.
pub async fn update_profile_has_one_winner(stores: Stores) {
    let (tenant, account) = (tenant(), account());
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    let results = race(|number| {
        let (accounts, subject) = (stores.accounts.clone(), account.subject);
        let profile = number.to_string().into_bytes();
        async move {
            let updated = accounts.update_profile(&tenant, &subject, 0, profile.clone());
            (updated.await.unwrap(), profile)
        }
    })
    .await;
    assert_eq!(count(&results, |(updated, _)| *updated), 1);
    let winner = &results.iter().find(|(updated, _)| *updated).unwrap().1;
    let found = find(&stores, &tenant, &account.subject).await;
    assert_eq!((found.version, &found.sealed_profile), (1, winner));
}

/// Of 64 steps of one credential's counter, one is made.
pub async fn update_credential_has_one_winner(stores: Stores) {
    let (tenant, account) = (tenant(), account());
    stores
        .accounts
        .create(&tenant, account.clone())
        .await
        .unwrap();
    let results = race(|number| {
        let (accounts, subject) = (stores.accounts.clone(), account.subject);
        let data = number.to_string();
        async move {
            let updated = accounts.update_credential(&tenant, &subject, "password", 0, &data);
            (updated.await.unwrap(), data)
        }
    })
    .await;
    assert_eq!(count(&results, |(updated, _)| *updated), 1);
    let winner = &results.iter().find(|(updated, _)| *updated).unwrap().1;
    let found = find(&stores, &tenant, &account.subject).await;
    let credential = &found.credentials[0];
    assert_eq!((credential.version, &credential.data), (1, winner));

    let subject = &account.subject;
    let other = stores
        .accounts
        .update_credential(&tenant, subject, "totp", 1, "data");
    assert!(!other.await.unwrap());
}

async fn find(
    stores: &Stores,
    tenant: &TenantId,
    subject: &SubjectId,
) -> ciam_core::account::Account {
    let found = stores.accounts.find(tenant, subject).await.unwrap();
    found.expect("the account")
}
