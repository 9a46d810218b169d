"""How a Page's posts look."""

from collections.abc import Sequence

from smm.sources import Access, Shown
from smm.sources.graph import showing
from smm.sources.graph.showing import Look

LOOK = Look(text="message", pictures=("full_picture",), link="permalink_url", site="facebook.com")


def show(identity: str, posts: Sequence[str], access: Access) -> list[Shown]:
    """The posts that are still there. Raises SourceError where Meta says nothing of them."""
    return showing.show(access, posts, LOOK, page=identity)
