"""`python compose/readable.py FOLDER...`: refuse folders of the checkout that the containers may not read.

They run as another user than the one who made the checkout. Under umask 077 that user alone may look into its folders,
and an unreadable folder of client files would look like one without clients. A single file that may not be read only
stops its own client, so it is named here and nothing more.
"""

import os
import sys
from pathlib import Path

folders = [Path(name) for name in sys.argv[1:]]
shut = [folder for folder in folders if not os.access(folder, os.R_OK | os.X_OK)]
files = [file for folder in folders if folder not in shut for file in folder.rglob("*")]
for path in (*shut, *(file for file in files if not os.access(file, os.R_OK))):
    found = f"{path}: the containers (user id {os.getuid()}) may not read it."
    sys.stdout.write(f"{found} On the host: chmod -R go+rX {path}\n")
sys.exit(1 if shut else 0)
