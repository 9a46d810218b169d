"""How posts look, in letters: asked once, drawn anew, placed in the mail; whatever is refused, the letter goes."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from sandbox.data import Community, FarEnds, Post
from sandbox.loopback import Answer, Request, Server
from sandbox.meta.api import Graph
from smm.letters import looks, outbox
from smm.letters.content import Content
from smm.letters.looks import Looks
from smm.letters.message import message
from smm.letters.pictures import MOST_PIXELS, SIDE, small
from smm.letters.preview import for_browser
from smm.letters.publications import Publications
from smm.letters.render import render
from smm.sources import Access, Refused, Shown
from smm.upkeep import retention
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged
from tests.letters.kinds import posted, publications
from tests.letters.test_render import Page
from tests.sandbox import meta_sample
from tests.sandbox.meta_sample import ACCOUNT, PAGE, publication
from tests.sources.loading import Connection
from tests.sources.vk.far_end import SERVICE, VkFarEnd

COMMUNITY = 1
CLIENT = """
name: Yarko
language: en
time_zone: Europe/Moscow
currency: RUB
started: 2025-01-01
sources:
  vk: {connection: vk_yarko, community: 1}
targets:
  vk.reach: {at_least: 10}
report: {to: [owner@yarko.example]}
"""


def drawn(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB") -> bytes:
    made = BytesIO()
    Image.new(mode, size, "red").save(made, kind)
    return made.getvalue()


def opened_as(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture))


@pytest.mark.parametrize(
    "picture", [drawn(), drawn("PNG", mode="RGBA"), drawn("WEBP"), drawn("PNG", (3, 900)), drawn("PNG", mode="P")]
)
def test_a_picture_is_a_small_square(picture: bytes) -> None:
    made = small(picture)
    assert made
    assert (opened_as(made).format, opened_as(made).size) == ("JPEG", (SIDE, SIDE))
    assert len(made) < 10_000


def test_nothing_of_what_was_sent_but_its_look_goes_on() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    made = BytesIO()
    Image.new("RGB", (400, 300), "red").save(made, "JPEG", exif=exif)
    found = small(made.getvalue() + b"<script>alert(2)</script>")
    assert found
    assert b"script" not in found


@pytest.mark.parametrize(
    "sent",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawn()[:300], drawn("GIF"), b"\x89PNG\r\n\x1a\n" + b"x" * 99],
)
def test_what_is_no_picture_is_none(sent: bytes) -> None:
    assert small(sent) is None


def test_a_picture_of_too_many_pixels_is_not_read() -> None:
    assert small(drawn("PNG", (MOST_PIXELS // 1000 + 1, 1000), "1")) is None


@pytest.fixture
def vk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VkFarEnd]:
    """A community of two posts, with a picture each, and a client's file that names it."""
    folder = tmp_path / "clients"
    folder.mkdir()
    (folder / "yarko.yml").write_text(CLIENT, "utf-8")
    monkeypatch.setenv("SMM_CLIENTS", str(folder))
    text = "Fresh [club1|bread]\0"  # which Postgres cannot store
    posts = [post(30, text), post(33, "Nothing new")]
    served = FarEnds(now=DAY_4, communities={COMMUNITY: Community(COMMUNITY, "Yarko", 9, posts, None)})
    served.service_tokens = {SERVICE}
    far_end = VkFarEnd(served)
    served.vk_url = far_end.url
    far_end.connection.extra_dejson = {"service_token": SERVICE}
    yield far_end
    far_end.stop()


def post(number: int, text: str) -> Post:
    at = datetime(2025, 10, 3, 12, tzinfo=UTC)
    return Post(number, at, 1, 1, 1, 9, is_repost=False, is_ad=False, is_pinned=False, from_id=-COMMUNITY, text=text)


def asking(vk: VkFarEnd) -> Looks:
    @contextmanager
    def opened(name: str | None) -> Iterator[Access]:
        assert name == "vk_yarko"
        yield Access(vk.connection)

    return Looks(opened)


def written(*posts: str) -> Content:
    best = tuple(posted(each, 3, 90) for each in posts)
    return content(judged(), publications=(publications(best=best, weakest=None),))


def test_a_letter_shows_how_its_posts_look(vk: VkFarEnd) -> None:
    letter = asking(vk)(written("30", "33"))
    first, second = letter.publications[0].best
    assert (first.text, second.text) == ("Fresh bread", "Nothing new")
    assert [picture.name for picture in letter.pictures] == [first.picture, second.picture] == ["vk/30", "vk/33"]
    rendered = render(Content.model_validate_json(letter.model_dump_json()), "en")
    assert [picture.alt for picture in rendered.pictures] == ["Picture of the post of October 3, VK"] * 2
    page = Page(rendered.html)
    assert page.attributes["src"] == [f"cid:{picture.cid}" for picture in rendered.pictures]
    assert "Fresh bread" in page.text
    assert "data:image/jpeg;base64," in for_browser(rendered)
    mail = message(
        rendered,
        sender="a@agency.example",
        recipient="b@yarko.example",
        answers_to=None,
        identity="<1@agency.example>",
        sent_at=DAY_4,
        language="en",
    )
    parts = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [part.get_content() for part in parts] == [b64decode(picture.jpeg) for picture in letter.pictures]
    assert [part["Content-Disposition"] for part in parts] == ["inline"] * 2


def test_of_another_page_under_the_same_name_nothing_is_shown(vk: VkFarEnd) -> None:
    """Its posts may have the same numbers; the letter's are those of the page that was loaded."""
    found = written("30", "33")
    best = tuple(each.model_copy(update={"link": "https://vk.com/wall-2_30"}) for each in found.publications[0].best)
    other = found.publications[0].model_copy(update={"best": best})
    letter = asking(vk)(found.model_copy(update={"publications": (other,)}))
    assert {each.text for each in letter.publications[0].best} == {""}
    assert letter.pictures == ()


def test_a_post_that_is_gone_leads_nowhere(vk: VkFarEnd) -> None:
    first, gone = asking(vk)(written("30", "99")).publications[0].best
    assert (first.link, gone.link, gone.text, gone.picture) == ("https://vk.com/wall-1_30", None, "", None)


def test_another_letter_about_the_month_shows_the_same_without_asking(vk: VkFarEnd) -> None:
    older = asking(vk)(written("30", "33"))
    asked = len(vk.asked)
    letter = looks.as_in(older)(written("33", "36"))
    known, new = letter.publications[0].best
    assert (known.text, known.picture) == ("Nothing new", "vk/33")
    assert (new.text, new.picture, new.link) == ("", None, "https://vk.com/wall-1_36")
    assert letter.pictures == older.pictures[1:]
    assert len(vk.asked) == asked


def refused(vk: VkFarEnd) -> None:
    vk.connection.extra_dejson = {"service_token": "dead"}


def down(vk: VkFarEnd) -> None:
    vk.stop()


def odd(vk: VkFarEnd) -> None:
    vk.connection.host = "http://vk.evil.example"


@pytest.mark.parametrize("trouble", [refused, down, odd])
def test_whatever_goes_wrong_the_letter_goes_without(
    vk: VkFarEnd, trouble: Callable[[VkFarEnd], None], caplog: pytest.LogCaptureFixture
) -> None:
    trouble(vk)
    letter = written("30", "33")
    assert asking(vk)(letter) == letter
    assert "no pictures of posts from vk" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_run_does_not_wait_for_ever(vk: VkFarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "SECONDS", 0)
    letter = written("30")
    assert asking(vk)(letter) == letter
    assert vk.asked == []


def test_a_client_without_a_file_or_such_a_source_is_not_asked(vk: VkFarEnd) -> None:
    other = content(judged(), publications=(publications(network="telegram"),))
    assert asking(vk)(other) == other
    assert vk.asked == []


def test_pictures_that_make_a_mail_too_large_are_left_out() -> None:
    noise = Image.frombytes("RGB", (400, 400), Random(1).randbytes(400 * 400 * 3))
    made = BytesIO()
    noise.save(made, "JPEG", quality=95)
    picture = {"client": "yarko", "name": "vk/30", "jpeg": b64encode(made.getvalue() * 3).decode()}
    best = (posted("30", 3, 90, picture="vk/30", text="Fresh bread"),)
    letter = content(judged(), publications=(publications(best=best, weakest=None),), pictures=(picture,))
    rendered = render(letter, "en")
    assert rendered.pictures == ()
    assert "Fresh bread" in rendered.text


def test_pictures_stay_with_the_letter_for_a_year(case: Case, vk: VkFarEnd) -> None:
    def look(letter: Content) -> Content:
        return letter.model_copy(update={"pictures": asking(vk)(written("30")).pictures})

    letter_of(case, look)
    stored = "select jsonb_array_length(content -> 'pictures') from marts.letter"
    assert case.rows(stored) == [(1,)]
    for days, cleared, left in ((365, 0, 1), (366, 1, None), (367, 0, None)):
        at = DAY_4.replace(year=DAY_4.year + 1, day=DAY_4.day + days - 365)
        assert retention.clear_pictures(case.warehouse, at) == cleared
        assert case.rows(stored) == [(left,)]
    (kept,) = case.warehouse.execute("select content from marts.letter").fetchall()
    assert Content.model_validate(kept["content"]).pictures == ()


def letter_of(case: Case, look: looks.Look) -> None:
    case.client()
    case.facts(11873)
    case.judge()
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed", look)


def test_a_letter_that_is_not_written_asks_for_nothing(case: Case) -> None:
    letter_of(case, lambda letter: letter)

    def look(_letter: Content) -> Content:
        raise Refused("nobody should ask")

    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed", look) is None


META = """
name: Yarko
language: en
time_zone: Europe/Moscow
currency: RUB
started: 2025-01-01
sources:
  facebook: {connection: meta_yarko, page: 100000000000001}
  instagram: {connection: meta_yarko, account: 17841400000000001}
targets:
  facebook.reach: {at_least: 10}
report: {to: [owner@yarko.example]}
"""
POST, REEL = "40", "110"  # of a Page, and of an account


@pytest.fixture
def meta_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FarEnds:
    """A Page and an account of one post each, with a picture, and a client's file that names them."""
    folder = tmp_path / "clients"
    folder.mkdir()
    (folder / "yarko.yml").write_text(META, "utf-8")
    monkeypatch.setenv("SMM_CLIENTS", str(folder))
    ends = meta_sample.far_ends()
    ends.pages[PAGE].posts[:] = [publication(int(POST), "added_photos", text="New <b>rings</b>")]
    ends.accounts[ACCOUNT].media[:] = [publication(int(REEL), "REELS", text="How a ring is made")]
    return ends


def asked_of_meta(ends: FarEnds, *, picture: Answer | None = None) -> Content:
    """A letter about both posts. ``picture``: what lies where a picture should."""
    graph = Graph(ends)

    def respond(request: Request) -> Answer:
        return picture if picture and request.path.startswith("/pictures/") else graph.respond(request)

    posts = (("facebook", POST, f"https://www.facebook.com/{PAGE}/posts/{POST}"), ("instagram", REEL, None))
    found = [
        publications(network=network, best=(posted(post, 3, 90, network=network, link=link),), weakest=None)
        for network, post, link in posts
    ]
    with Server(0, respond) as server:
        ends.meta_url = server.url

        @contextmanager
        def opened(name: str | None) -> Iterator[Access]:
            assert name == "meta_yarko"
            yield Access(Connection(host=server.url, password=meta_sample.TOKEN))

        return Looks(opened)(content(judged(), publications=tuple(found)))


def test_facebook_and_instagram_show_their_posts_and_where_they_are(meta_ends: FarEnds) -> None:
    letter = asked_of_meta(meta_ends)
    (post,), (reel,) = (found.best for found in letter.publications)
    assert (post.text, post.picture) == ("New <b>rings</b>", f"facebook/{POST}")
    assert (reel.text, reel.picture) == ("How a ring is made", f"instagram/{REEL}")
    assert post.link == f"https://www.facebook.com/{PAGE}/posts/{POST}"
    assert reel.link
    assert reel.link.startswith("https://www.instagram.com/reel/")
    rendered = render(letter, "en")
    assert len(rendered.pictures) == 2
    assert reel.link in rendered.html
    assert "New &lt;b&gt;rings" in rendered.html


@pytest.mark.parametrize("picture", [Answer(200, "text/html", b"<html>no</html>"), Answer(404, "text/html", b"")])
def test_what_lies_in_place_of_a_picture_fails_no_letter(meta_ends: FarEnds, picture: Answer) -> None:
    letter = asked_of_meta(meta_ends, picture=picture)
    assert [each.text for found in letter.publications for each in found.best] == [
        "New <b>rings</b>",
        "How a ring is made",
    ]
    assert letter.pictures == ()


def test_a_refusal_of_metas_leaves_posts_as_they_are(meta_ends: FarEnds, caplog: pytest.LogCaptureFixture) -> None:
    meta_ends.meta_tokens.clear()
    (post,), (reel,) = (found.best for found in asked_of_meta(meta_ends).publications)
    assert (post.link, post.text, reel.link) == (f"https://www.facebook.com/{PAGE}/posts/{POST}", "", None)
    assert "no pictures of posts from instagram: Meta answered with error 190/463: the token is dead" in caplog.text
    assert meta_sample.TOKEN not in caplog.text


def test_no_network_may_lead_readers_elsewhere_than_to_https(meta_ends: FarEnds) -> None:
    with pytest.raises(ValueError, match="leads elsewhere than to https"):
        looks._with(*_shown_at("http://www.instagram.com/p/C/", asked_of_meta(meta_ends)))


def _shown_at(link: str, letter: Content) -> tuple[Content, Publications, dict[str, Shown]]:
    return letter, letter.publications[1], {REEL: Shown(REEL, "", link=link)}
