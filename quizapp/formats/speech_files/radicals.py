"""Characters that are drawn as ideographs and are none.

Programs that write PDF often note a Kangxi radical (⼀, ⼈) or its simplified kin (⺠, ⻓) where the ideograph was
meant. They look the same on the page, and no word with one in it is ever found.
"""

import unicodedata

# Unicode names no compatible ideograph for these; those that are only parts of a character are left alone.
SIMPLIFIED = str.maketrans(
    "⺟⺠⺮⺶⺼⻁⻄⻅⻆⻇⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "母民竹羊月虎西见角角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)


def as_ideographs(character: str) -> str:
    if "\u2f00" <= character <= "\u2fd5" or character in "\u2e9f\u2ef3":
        return unicodedata.normalize("NFKC", character)
    return character.translate(SIMPLIFIED) if "\u2e80" <= character <= "\u2eff" else character
