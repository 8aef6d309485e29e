"""The referee: judges a real LAS, or a real educational application, requirement by requirement.

`uwlr conformance run URL` plays the application against a LAS; `uwlr conformance referee` plays a LAS for an
application. Nothing is imported here, so that the pytest plugin costs nothing where it is not used.
"""
