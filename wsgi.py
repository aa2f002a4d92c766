"""What a WSGI server loads: `wsgi:app`, with the bell that closes overdue attempts and the courier of reminders."""

import os

from quizapp import create_app
from quizapp.web.bell import start_bell
from quizapp.web.courier import start_courier

app = create_app()
# Flask's command line finds the application here too; a command needs neither.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    start_bell(app)
    start_courier(app)
