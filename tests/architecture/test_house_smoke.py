from tests.factories import town as t
from timebank.core.db import db
def test_a(app, statements):
    made = t.town(); b = t.broker()
    with statements(3) as seen:
        from timebank.people.models import Person
        p = t.person()
    assert made.yaohua
def test_b(app): assert t.town().nanjing == 1
def test_threads(app, at_once):
    t.town()
    assert at_once(lambda: t.person("a"), ) 
def test_page(client):
    r = client.get("/nowhere")
    assert r.status_code == 404
