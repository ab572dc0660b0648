"""A browser in two words, from its User-Agent: only for its owner's own list, and never relied on."""

from __future__ import annotations

from django.http import HttpRequest

# The first word that occurs wins: a browser names the others that it is like, after or before itself.
_BROWSERS = ("MicroMessenger", "Edg", "OPR", "SamsungBrowser", "HuaweiBrowser", "Firefox", "CriOS", "Chrome", "Safari")
_SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
_NAMES = {"MicroMessenger": "WeChat", "Edg": "Edge", "OPR": "Opera", "CriOS": "Chrome", "Mac OS X": "Mac"}


def device_of(request: HttpRequest) -> str:
    said = request.headers.get("User-Agent", "")[:400]
    words = [next((word for word in kinds if word in said), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return " · ".join(_NAMES.get(word, word) for word in words if word)
