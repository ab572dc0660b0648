from tests.browser import chromium, pytest_pyfunc_call

__all__ = ["chromium", "pytest_pyfunc_call"]
