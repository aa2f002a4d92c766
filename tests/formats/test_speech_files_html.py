"""Saved web pages: no paragraph of the speech is lost, and what the site puts around it stays out."""

import quopri
import random

import pytest
from formats.test_speech_files import read_here
from formats.test_speech_files import reads_or_refuses
from formats.test_speech_files import refusal
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from quizapp.formats.speech_files import read_speech_file
from quizapp.formats.speech_files.refusals import Unreadable

TITLE = "在全市办公室工作会议上的讲话"
PHRASES = (
    "办公室是政府运转的枢纽",
    "要把各项部署落到实处",
    "坚持问题导向和目标导向相统一",
    "做到件件有着落、事事有回音",
    "文稿起草要把握准",
    "会议组织要周密细致",
    "值班值守一刻也不能放松",
    "既要当好参谋助手",
    "又要抓好督查督办",
)
HEADINGS = ("一、提高认识", "（一）吃透上情", "二、改进作风", "三、加强学习")
REPEATED = "要坚持从实际出发抓好落实。"


def speech() -> list[str]:
    """A speech as speeches are: short and long paragraphs, short headings, a sentence said twice."""
    chance = random.Random(3)
    lines = ["同志们：", "今天召开这次会议，主要任务是总结工作、部署任务。下面，我讲三点意见。"]
    for heading in HEADINGS:
        lines += [heading, *("，".join(chance.sample(PHRASES, size)) + "。" for size in (3, 8, 5)), REPEATED]
    return [*lines, "希望大家共同努力。", "谢谢大家！"]


SPEECH = speech()
NAVIGATION = "".join(f'<li><a href="/{n}">{text}</a></li>' for n, text in enumerate(("首页", "政务公开", "互动交流")))
OTHER_NEWS = "".join(f'<li><a href="/n{n}">市政府召开第{n}次常务会议研究有关工作</a></li>' for n in range(1, 9))
FOOTER = (
    '<div class="footer"><p>主办单位：某市人民政府办公室</p><p>备案号：某ICP备05000001号</p></div>'
    '<div class="qr">扫一扫在手机打开当前页</div>'
)
AROUND = ("政务公开", "常务会议", "ICP备", "主办单位", "var a", "扫一扫在手机")
DATE = '<div class="date">发布时间：2024-03-05　来源：市政府办公室　【字体：<a>大</a> <a>小</a>】</div>'
TABLE = [["科室", "文件数", "办结率"], ["综合科", "128", "98%"], ["秘书科", "96", "97%"]]


def page(body: str, charset: str = "utf-8", title: str = TITLE) -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}_某市人民政府</title>'
        f'<script>var a="脚本";</script></head><body><div class="top"><div class="logo">某市人民政府</div>'
        f'<ul class="nav">{NAVIGATION}</ul></div>{body}{FOOTER}</body></html>'
    )


def each(form: str, lines: list[str] = SPEECH) -> str:
    return "".join(form.format(line) for line in lines)


def table(cell: str) -> str:
    return "<table>" + "".join("<tr>" + each(cell, row) + "</tr>" for row in TABLE) + "</table>"


def article(content: str) -> str:
    return f'<div class="article"><h1>{TITLE}</h1>{DATE}<div class="text">{content}</div></div>'


LAYOUTS = {
    "div in div": page(
        f'<div class="w"><div class="pos">当前位置：<a>首页</a></div><div class="l"><div class="bt">{TITLE}</div>{DATE}'
        f'<div><div class="TRS_Editor">{each("<p style=text-indent:2em>{}</p>")}</div></div></div>'
        f'<div class="r"><h3>相关新闻</h3><ul>{OTHER_NEWS}</ul></div></div>'
    ),
    "indents of em spaces": page(article(each("<p>&emsp;&emsp;{}</p>")) + f"<div>相关阅读<ul>{OTHER_NEWS}</ul></div>"),
    "breaks in a cell": page(
        '<table><tr><td class="left"><table><tr><td>栏目</td></tr><tr><td><a href="/c">领导讲话</a></td></tr></table>'
        f"</td><td><table><tr><td><b>{TITLE}</b></td></tr><tr><td><font>{each('　　{}<br><br>')}</font></td></tr>"
        "</table></td></tr></table>"
    ),
    "breaks and hard spaces": page(
        f"<table><tr><td>{TITLE}</td></tr><tr><td>{each('&nbsp;&nbsp;{}<br/>')}</td></tr></table>"
    ),
    "a table among the paragraphs": page(
        article(each("<p>　　{}</p>", SPEECH[:7]) + table("<td>{}</td>") + each("<p>　　{}</p>", SPEECH[7:]))
    ),
    "a table of paragraphs": page(
        article(
            each("<p>{}</p>", SPEECH[:7]) + table("<td><p><span>{}</span></p></td>") + each("<p>{}</p>", SPEECH[7:])
        )
    ),
    "a div for each paragraph": page(article(each("<div>&nbsp; {}</div>"))),
    "a box for each paragraph": page(
        article(each('<div class="part"><p>{}</p></div>')) + f'<div class="side"><ul>{OTHER_NEWS}</ul></div>'
    ),
    "a box for each part": page(
        f"<h1>{TITLE}</h1>{DATE}"
        + "".join(f'<div class="s{n}">{each("<p>{}</p>", SPEECH[n : n + 6])}</div>' for n in range(0, len(SPEECH), 6))
    ),
    "headings as headings": page(
        article("".join(f"<h3>{line}</h3>" if line in HEADINGS else f"<p>{line}</p>" for line in SPEECH))
    ),
    "sections in sections": page(article(each("<section><section><p><span>{}</span></p></section></section>"))),
    "breaks in a paragraph": page(article(f"<p>{each('　　{}<br>')}</p>")),
    "lists": page(article("".join(f"<p>{a}</p>" if a in HEADINGS else f"<ul><li>{a}</li></ul>" for a in SPEECH))),
    "a paragraph that is a link": page(
        article(each("<p>{}</p>", SPEECH[:4]) + f"<p><a href='/x'>{SPEECH[4]}</a></p>" + each("<p>{}</p>", SPEECH[5:]))
    ),
    "text as typed": page(article("<pre>" + "\n".join(SPEECH) + "</pre>")),
    "paragraphs and divs": page(
        article("".join(f"<p>{a}</p>" if n % 3 else f"<div>{a}</div>" for n, a in enumerate(SPEECH)))
    ),
    "names of sidebars and comments": page(
        f'<div class="content-right sidebar"><h1>{TITLE}</h1><div class="share comment">{each("<p>{}</p>")}</div></div>'
    ),
    "saved by Word": "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><title>讲话</title></head><body>"
    f"<div class=WordSection1><p class=MsoTitle>{TITLE}</p>"
    f"{each('<p class=MsoNormal><span>&nbsp; </span>{}</p>')}</div>",
}


def squeezed(text: str) -> list[str]:
    return ["".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_paragraph_of_the_speech_is_read_whole_and_in_order(layout):
    lines = squeezed(read_here(layout.encode()))
    wanted = squeezed("\n".join(SPEECH))
    assert [line for line in lines if line in wanted] == wanted


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_the_site_puts_around_the_speech_stays_out(layout):
    text = read_here(layout.encode())
    assert [word for word in AROUND if word in text] == []


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_headline_comes_first(layout):
    assert read_here(layout.encode()).splitlines()[0] == TITLE


def test_a_row_of_a_table_is_a_line():
    lines = read_here(LAYOUTS["a table of paragraphs"].encode()).splitlines()
    place = lines.index("科室\t文件数\t办结率")
    assert lines[place + 1 : place + 3] == ["综合科\t128\t98%", "秘书科\t96\t97%"]
    assert place > 5


def test_a_short_speech_is_read_whole():
    short = [*SPEECH[:2], "要抓落实。", "要守纪律。", *SPEECH[-2:]]
    text = read_here(page(article(each("<p>{}</p>", short)) + f"<ul>{OTHER_NEWS}</ul>").encode())
    assert [line for line in squeezed(text) if line in short] == short
    assert "ICP备" not in text


# Encodings

PLAIN = page(article(each("<p>{}</p>")), charset="")
ENCODED = {
    "gb2312 that is GB18030": page(article(each("<p>{}</p>") + "<p>𠮷林同志也在会上讲了话。</p>"), "gb2312").encode(
        "gb18030"
    ),
    "GBK": page(article(each("<p>{}</p>")), "GBK").encode("gbk"),
    "UTF-8": page(article(each("<p>{}</p>"))).encode(),
    "a mark before what the page says": page(article(each("<p>{}</p>")), "gb2312").encode("utf-8-sig"),
    "UTF-16 with a mark": page(article(each("<p>{}</p>")), "utf-8").encode("utf-16"),
    "nothing said, UTF-8": PLAIN.encode(),
    "nothing said, GB18030": PLAIN.encode("gb18030"),
    "gb2312 said, UTF-8 meant": page(article(each("<p>{}</p>")), "gb2312").encode(),
    "an encoding nobody knows": page(article(each("<p>{}</p>")), "x-chinese").encode("gb18030"),
    "as XHTML": ('<?xml version="1.0" encoding="gb2312"?>' + PLAIN).encode("gb18030"),
    "as XHTML in UTF-8": ('<?xml version="1.0" encoding="utf-8"?>' + PLAIN).encode(),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_a_page_is_read_in_its_encoding(content):
    text = read_here(content)
    assert [line for line in text.splitlines() if line in SPEECH] == SPEECH
    assert ("𠮷林" in text) == ("𠮷林".encode("gb18030") in content)


def test_a_page_in_no_known_encoding_is_refused():
    with pytest.raises(Unreadable, match="编码无法识别"):
        read_here("<html><p>情況を報告します。今日は会議です。</p>".encode("euc-jp"))


# Web archives


def archive(content: bytes, charset: str = "utf-8") -> bytes:
    """A page saved as one file with a picture, by a browser."""
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://192.0.2.1/a.html\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B"\r\n\r\n'
        b"------B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        b"------B\r\nContent-Type: text/html; charset=" + charset.encode() + b"\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(content) + b"\r\n------B--\r\n"
    )


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_web_archive_gives_the_speech_of_its_page(charset):
    content = archive(page(article(each("<p>{}</p>")), charset).encode(charset), charset)
    assert [line for line in read_here(content).splitlines() if line in SPEECH] == SPEECH


def test_a_web_archive_without_a_page_is_refused():
    assert "其中没有网页" in refusal(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\ntext", "讲话.mht")


# The way every file goes


def test_bytes_decide_what_is_a_page():
    content = LAYOUTS["div in div"].encode()
    for name in ("讲话.html", "讲话.doc", "讲话.txt"):
        assert SPEECH[-1] in read_speech_file(name, content)


def test_nothing_that_a_page_points_to_is_opened(monkeypatch):
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr("socket.socket.connect", opened)
    monkeypatch.setattr("socket.getaddrinfo", opened)
    remote = (
        '<base href="http://192.0.2.1/"><link rel=stylesheet href=a.css><img src=a.png><iframe src=b.html></iframe>'
        '<object data=c.swf></object><meta http-equiv=refresh content="0;url=http://192.0.2.1/d">'
    )
    entity = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    text = read_here((entity + page(remote + article(each("<p>{}</p>") + "<p>&x;</p>"))).encode())
    assert SPEECH[-1] in text
    assert "root:" not in text


EMPTY = {
    "a page of scripts": b"<html><script>var text = 1</script></html>",
    "only a beginning": b"<html>",
    "a page of pictures": b"<html><body><img src=a.png><img src=b.png></body></html>",
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_a_page_without_text_is_refused(content):
    assert refusal(content, "讲话.html").endswith("。")


PIECES = [
    b"",
    b"<",
    b">",
    b"<!--",
    b"-->",
    b"</div>",
    b"<table><td>",
    b"&#0;",
    b"&#xd800;",
    b"\xff",
    b"<tr>",
    b"<![CDATA[",
    b"</td>",
]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_page_is_read_or_refused(data):
    content = data.draw(st.sampled_from([*LAYOUTS.values()])).encode()
    if data.draw(st.booleans()):
        content = archive(content)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content)))
        content = (
            content[:place] + data.draw(st.sampled_from(PIECES)) + content[place + data.draw(st.integers(0, 40)) :]
        )
    reads_or_refuses(content)


def test_boxes_in_boxes_without_end_are_read_or_refused():
    reads_or_refuses(b"<html>" + b"<div>" * 600 + "讲话的正文。".encode())
