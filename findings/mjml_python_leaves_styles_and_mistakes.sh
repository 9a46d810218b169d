#!/usr/bin/env bash
# mjml-python 1.4.2 (the Rust port of MJML): two things that MJML's own compiler does differently, without a word.
#
# 1. `<mj-style inline="inline">` is not put into the elements: it stays a <style> in the head, which mail clients that
#    drop the head's styles never apply.
# 2. A mistake is no error: an attribute or a tag with a typo is passed into the HTML or ignored, where the
#    compiler in JavaScript refuses it in its strict mode and reports it in its default one.
#
# Put styles that must hold into attributes of the elements, and check the templates' tags and attributes by a test.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mjml-python==1.4.2 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
"$folder/venv/bin/python" > "$folder/seen" <<'PYTHON'
import re

from mjml import mjml2html

FRAME = "<mjml><mj-head>{}</mj-head><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


def html(body, head=""):
    return mjml2html(FRAME.format(head, body))


styled = html('<mj-text><p class="late">x</p></mj-text>', '<mj-style inline="inline">.late { color: red }</mj-style>')
print("the paragraph:", re.search(r"<p[^>]*>", styled).group())
print("the head:", re.search(r"<style[^>]*>\.late[^<]*", styled).group())
print("an attribute with a typo:", re.findall("red", html('<mj-text colour="red">x</mj-text>')) or "gone")
print("a tag with a typo:", re.search(r"<mj-txt>.*?</mj-txt>", html("<mj-txt>x</mj-txt>")).group())
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
the paragraph: <p class="late">
the head: <style type="text/css">.late { color: red }
an attribute with a typo: gone
a tag with a typo: <mj-txt>x</mj-txt>
SEEN
