"""Where the letters of the demo end: an SMTP server that keeps each as a file, and a page that shows them.

The page is the demo's mail client. Like the SMTP server it listens on 127.0.0.1 only and has no login: whoever may
use this machine may read the letters, which speak of invented clients or of recordings.
"""

from sandbox.mailbox.page import serve_page
from sandbox.mailbox.smtp import SmtpServer
from sandbox.mailbox.store import Mailbox

__all__ = ["Mailbox", "SmtpServer", "serve_page"]
