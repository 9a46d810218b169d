"""How an account's posts and reels look, and where people see them: their numbers lead nowhere."""

from collections.abc import Sequence

from smm.sources import Access, Shown
from smm.sources.graph import showing
from smm.sources.graph.showing import Look

# what is at media_url of a reel is the film: it comes after its thumbnail, which only films have
LOOK = Look(text="caption", pictures=("thumbnail_url", "media_url"), link="permalink", site="instagram.com")


def show(_identity: str, posts: Sequence[str], access: Access) -> list[Shown]:
    """The posts that are still there. Raises SourceError where Meta says nothing of them."""
    return showing.show(access, posts, LOOK)
