"""What tests of pages do in a browser."""


def press(page, name):
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).click()


def said(page):
    """What the page says at the top about what was done."""
    return page.locator("main > .notice").inner_text()
