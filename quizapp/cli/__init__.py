"""Commands: nouns are groups, verbs are commands; each calls a service and commits once."""

from flask import Flask

from quizapp.cli.attempts import attempts
from quizapp.cli.lexicon import lexicon
from quizapp.cli.office import office
from quizapp.cli.questions import questions
from quizapp.cli.serve import serve
from quizapp.cli.speech import speech


def init_app(app: Flask) -> None:
    for command in (attempts, lexicon, office, questions, serve, speech):
        app.cli.add_command(command)
