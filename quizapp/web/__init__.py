"""Pages: a URL, a permission, one verb of a service, one answer."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp.web import access
from quizapp.web import assets
from quizapp.web import bootstrap
from quizapp.web import compression
from quizapp.web import errors
from quizapp.web import exports
from quizapp.web import filters
from quizapp.web import security
from quizapp.web.api import resources
from quizapp.web.views import blueprints


def init_app(app: Flask) -> None:
    """Put the pages on the application; the order matters: who is asking comes before what is asked."""
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    compression.init_app(app)
    security.init_app(app)
    access.init_app(app)
    assets.init_app(app)
    bootstrap.init_app(app)
    filters.init_app(app)
    exports.init_app(app)
    errors.init_app(app)
    for blueprint in (*blueprints(), resources.bp):
        app.register_blueprint(blueprint)
