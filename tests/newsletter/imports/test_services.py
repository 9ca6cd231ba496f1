"""Exports of other services are recognised, and nobody is subscribed who is not in them."""

import csv
import io

import pytest

from newsletter.imports.csv_reader import (
    ColumnMapping,
    Table,
    is_unsubscribed,
    plain,
    says_unsubscribed,
    service_of,
)

MAILCHIMP = "Address,Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
FILES = {
    "Mailchimp": (
        MAILCHIMP,
        ["1 Quay Road,ola@readers.example,Ola,Lind,2,,,2024-01-01 10:00:00,7,ab,,"],
        [],
    ),
    "Mailchimp unsubscribed": (
        f"{MAILCHIMP},UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON",
        [],
        ["1 Quay Road,ola@readers.example,Ola,Lind,2,,,,7,ab,,,2024-02-01 10:00:00,News,NORMAL"],
    ),
    "Mailchimp cleaned": (
        f"{MAILCHIMP},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID",
        [],
        [",ola@readers.example,Ola,Lind,2,,,,7,ab,,,2024-02-01 10:00:00,News,9"],
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        ['u1,ola@readers.example,Ola,"{""city"": ""Lyon""}",enabled,2024-01-01,2024-01-01'],
        ["u2,a@readers.example,A,{},blocklisted,x,x", "u3,b@readers.example,B,{},disabled,x,x"],
    ),
    "Buttondown": (
        "id,creation_date,email_address,notes,metadata,tags,type,unsubscription_date",
        [
            "1,2024-01-01,ola@readers.example,,{},,regular,",
            "2,2024-01-01,rui@readers.example,,{},,gifted,2023-01-01",
        ],
        [
            f"3,2024-01-01,{kind}@readers.example,,{{}},,{kind},"
            for kind in ("unsubscribed", "unactivated", "undeliverable", "complained", "spammy")
        ],
    ),
    "Buttondown before 2024": (
        "email,subscriber_type,creation_date,notes",
        ["ola@readers.example,premium,2023-01-01,"],
        ["gone@readers.example,removed,2023-01-01,"],
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels",
        ["1,ola@readers.example,Ola,,true,false,,2024-01-01,,vip"],
        ["2,gone@readers.example,Gus,,false,true,,2024-01-01,,"],
    ),
    "Substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at",
        ["ola@readers.example,false,,other,false,2024-01-01,"],
        ["gone@readers.example,true,,monthly,true,2024-01-01,2024-01-01"],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_an_export_is_recognised_with_the_state_of_everybody(name: str) -> None:
    header, subscribed, others = FILES[name]
    rows = list(Table.of("\n".join([header, *subscribed, *others]).encode()).rows())
    service = service_of(frozenset(plain(cell) for cell in rows[0].cells))
    assert service is not None
    assert name.startswith(service.name)
    columns = ColumnMapping.guessed(rows)
    for row in rows[1:]:
        cells = row.cells
        assert "@" in cells[columns.email]
        state = is_unsubscribed(cells[columns.state]) if columns.state is not None else False
        is_gone = columns.gone is not None and says_unsubscribed(cells[columns.gone])
        assert (state is not False or is_gone) is (row.line > 1 + len(subscribed))


@pytest.mark.parametrize("header", ["email,type,name", "email", "name,address,city", "uuid,email"])
def test_other_files_are_not_recognised(header: str) -> None:
    (cells,) = csv.reader(io.StringIO(header))
    assert service_of(frozenset(map(plain, cells))) is None
