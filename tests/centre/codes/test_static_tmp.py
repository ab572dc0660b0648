def test_s():
    from django.contrib.staticfiles import finders
    assert finders.find("codes/health-code.js") and finders.find("codes/qr.js")
