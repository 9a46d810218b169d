#!/usr/bin/env bash
# vk-api 11.10.1: VkFunction joins the lines of its VKScript without a space, and formats the code with `%`.
#
# 1. A line that ends with a keyword runs into the next one: `else` and `n = 2;` become `elsen = 2;`. VK then answers
#    with error 12 or, worse, runs other code than was written.
# 2. Everything after a `//` comment becomes part of the comment.
# 3. A remainder (`n % 2`) is taken for a placeholder: an error of Python's string formatting, before anything is sent.
#
# The docstring says that arguments are converted to JSON; nothing says that the code is changed. Send code of your own
# by `VkApi.method("execute", {"code": ...})`, which leaves it as it is.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vk-api==11.10.1 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
"$folder/venv/bin/python" > "$folder/seen" <<'PYTHON'
from vk_api.execute import VkFunction


def sent(code):
    try:
        return VkFunction(code=code, args=("ids",)).compile({"ids": [1, 2]})
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print("else:", sent("var n = 1;\nif (%(ids)s.length) n = 3; else\n  n = 2;\nreturn n;"))
print("comment:", sent("var n = 1; // posts\nreturn n;"))
print("remainder:", sent("return 7 % 2;"))
print("remainder, doubled:", sent("return 7 %% 2;"))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
else: var n = 1;if ([1,2].length) n = 3; elsen = 2;return n;
comment: var n = 1; // postsreturn n;
remainder: ValueError: unsupported format character ';' (0x3b) at index 12
remainder, doubled: return 7 % 2;
SEEN
