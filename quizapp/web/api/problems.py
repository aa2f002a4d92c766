"""Errors for programs: RFC 9457, with the sentences in Chinese for whoever reads their log."""

from collections.abc import Mapping

from flask import Response
from flask import json

#: Where the site's own sentence speaks of pages.
SENTENCES = {
    400: ("请求不正确", "请对照接口说明检查请求。"),
    404: ("没有找到", "没有这个地址，或者没有这个对象。"),
    405: ("只能读取", "接口只支持 GET 和 HEAD。"),
    409: ("还没有结果", "这个场次还没有结束，结束后才有成绩和统计。"),
    500: ("系统出错了", "问题已记录。请稍后再试；如反复出现，请把编号告诉管理员。"),
    503: ("系统正忙", "请过几秒再试。"),
}
MEDIA_TYPE = "application/problem+json"


class Refused(Exception):
    """A request that its guard does not let in; `headers` go with the answer."""

    def __init__(self, status: int, title: str, detail: str, headers: Mapping[str, str]):
        super().__init__(status, title)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers


def problem(status: int, title: str, detail: str, **more: object) -> Response:
    """The answer to a request that failed; `more` are members of its own."""
    facts = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return Response(json.dumps(facts, ensure_ascii=False), status, content_type=MEDIA_TYPE)


def refusal(refused: Refused) -> Response:
    answer = problem(refused.status, refused.title, refused.detail)
    answer.headers.update(refused.headers)
    return answer
