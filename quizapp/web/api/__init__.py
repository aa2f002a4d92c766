"""/api/v1: what other systems read. Views, their guard, and a description that is made from the same declarations.

Nobody signs in here: a request is known by its token alone, no cookie is looked at, and only GET exists.
"""
