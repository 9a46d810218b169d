"""Addresses as people write them: what servers read, and which are the same mailbox."""

import pytest

from smm.files.addresses import BadAddressError, Mailbox, mailbox


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("owner@yarko.example", Mailbox("owner", "yarko.example")),
        (" Owner@Yarko.example ", Mailbox("Owner", "yarko.example")),
        ("<owner@yarko.example>", Mailbox("owner", "yarko.example")),
        ("owner@ярко.рф", Mailbox("owner", "xn--j1aie3d.xn--p1ai")),
        ("owner@xn--j1aie3d.xn--p1ai", Mailbox("owner", "xn--j1aie3d.xn--p1ai")),
        ("хозяин@ярко.рф", Mailbox("хозяин", "xn--j1aie3d.xn--p1ai")),
        ("o'brien+smm@x.example", Mailbox("o'brien+smm", "x.example")),
        ("reports@localhost", Mailbox("reports", "localhost")),
        ("info@faß.example", Mailbox("info", "xn--fa-hia.example")),  # fass.example is somebody else's
        (r'"A \"b\", C" <a@b.example>', Mailbox("a", "b.example", 'A "b", C')),
        ("Agency (SMM) [1] <a@b.example>", Mailbox("a", "b.example", "Agency (SMM) [1]")),
    ],
)
def test_what_servers_read(text: str, found: Mailbox) -> None:
    assert mailbox(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "owner", "owner@", "@yarko.example", "a@@b.example", "a@b.example.", "a@b..example", ".a@b.example"),
        *("a b@c.example", "a@b.example, c@d.example", "A <a@b.example> x", "a@b.example\r\nBcc: x@y.example"),
        *("a\u200b@b.example", "a\u00a0b@c.example", "a@яр ко.рф", "a@-ярко.рф", "=?nothing?q?x?= <a@b.example>"),
        *('"owner"@b.example', "owner(work)@b.example", "(work)owner@b.example"),
    ],
)
def test_what_no_mail_can_be_sent_to(text: str) -> None:
    with pytest.raises(BadAddressError, match="is no mail address"):
        mailbox(text)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Owner@x.example", "owner@X.example", True),
        ("owner@ярко.рф", "owner@xn--j1aie3d.xn--p1ai", True),
        ("owner@ЯРКО.рф", "owner@ярко.рф", True),
        ("йога@ярко.рф", "и\u0306ога@ярко.рф", True),
        ("owner@x.example", "owner+smm@x.example", False),
        ("info@faß.example", "info@fass.example", False),
    ],
)
def test_two_spellings_of_one_mailbox(one: str, other: str, is_same: bool) -> None:
    assert (mailbox(one).key == mailbox(other).key) is is_same
