"""The empty deck: 16:9, Plumbline's colours, and a slide layout with real placeholders for each layout of a sheet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import re
from typing import Any

import pptx
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from engine.figures.palette import COLOURS
from engine.reports.powerpoint.measure import Box
from engine.reports.powerpoint.words import NAMESPACES, SPACES, escaped

WIDTH, HEIGHT = 13.333, 7.5
LEFT, ACROSS = 0.66, 12.02
"""Where words begin and how wide they may get, in inches."""
INK, TEAL, PALE, AMBER, QUIET, RULE = "#17212b", "#0b6e8f", "#f3f6f8", "#ffd166", "#4a5665", "#d7dee4"
FONT = "Arial"
"""It is on every machine that shows slides, or a font as wide stands in for it."""
TITLE, TAKEAWAY, SMALL, FOOTER, NUMBER, TEXT = 0, 10, 11, 12, 13, 14
HEADS, CAPTIONS = (15, 16), (17, 18)
BIG, INTERVAL, OF = 19, 20, 21
"""What placeholders are called in the file."""
BASE = 6.94
"""Inches from the top: where the figure's words end and the rule above the footer is."""

Place = tuple[int, str, str, Box, int, bool, str, str]
"""A placeholder: number, type, name, box, size in points, bold, colour, anchor."""
_TITLE: Place = (TITLE, "title", "Title", Box(LEFT, 0.42, ACROSS, 1.0), 30, True, "tx1", "t")
_TAKEAWAY: Place = (TAKEAWAY, "body", "Takeaway", Box(LEFT, 1.0, ACROSS, 0.8), 24, False, "tx2", "t")
_SMALL: Place = (SMALL, "body", "Small print", Box(LEFT, 6.2, ACROSS, 0.66), 12, False, QUIET, "b")
_FOOT: tuple[Place, ...] = (
    (FOOTER, "ftr", "Footer", Box(LEFT, 7.06, ACROSS - 0.8, 0.24), 12, False, QUIET, "t"),
    (NUMBER, "sldNum", "Slide number", Box(LEFT + ACROSS - 0.7, 7.06, 0.7, 0.24), 12, False, QUIET, "t"),
)
_HALF = (ACROSS - 0.4) / 2
_RIGHT = LEFT + _HALF + 0.4
_TEXT: Place = (TEXT, "body", "Text", Box(LEFT, 2.0, ACROSS, 4.2), 28, False, "tx1", "t")
_FIGURE: tuple[Place, ...] = (_TITLE, _TAKEAWAY, _SMALL, *_FOOT)

LAYOUTS: dict[str, tuple[Place, ...]] = {
    "title": (
        (TITLE, "ctrTitle", "Title", Box(LEFT + 0.3, 1.5, 9.4, 2.2), 48, True, "bg1", "b"),
        (TAKEAWAY, "subTitle", "Subtitle", Box(LEFT + 0.3, 3.95, 9.4, 1.2), 26, False, "bg1", "t"),
        (TEXT, "body", "Text", Box(LEFT + 0.3, 5.3, 9.4, 1.3), 18, False, "bg1", "t"),
        (FOOTER, "ftr", "Footer", Box(LEFT + 0.3, 7.02, ACROSS - 0.6, 0.24), 12, False, "bg1", "t"),
    ),
    "section": (
        (TITLE, "title", "Title", Box(LEFT + 0.3, 2.1, 10.4, 2.0), 44, True, "tx2", "b"),
        (TAKEAWAY, "body", "Takeaway", Box(LEFT + 0.3, 4.35, 10.4, 1.6), 24, False, "tx1", "t"), *_FOOT,
    ),
    "figure": _FIGURE,
    "figure and text": (*_FIGURE, (TEXT, "body", "Text", Box(8.9, 2.0, 3.78, 4.2), 20, False, "tx1", "t")),
    "two figures": (
        _TITLE, _TAKEAWAY,
        *((number, "body", f"Heading {side}", Box(left, 1.9, _HALF, 0.5), 18, True, "tx1", "t")
          for number, side, left in zip(HEADS, ("left", "right"), (LEFT, _RIGHT), strict=True)),
        *((number, "body", f"Caption {side}", Box(left, 6.0, _HALF, 0.86), 12, False, QUIET, "b")
          for number, side, left in zip(CAPTIONS, ("left", "right"), (LEFT, _RIGHT), strict=True)), *_FOOT,
    ),
    "big number": (
        _TITLE, (BIG, "body", "Number", Box(LEFT, 1.75, ACROSS, 1.9), 115, True, "tx2", "b"),
        (INTERVAL, "body", "Interval", Box(LEFT, 3.7, ACROSS, 0.5), 28, False, "tx1", "t"),
        (OF, "body", "Of what", Box(LEFT, 4.3, ACROSS, 0.7), 22, False, QUIET, "t"),
        (TAKEAWAY, "body", "Takeaway", Box(LEFT, 5.15, ACROSS, 0.8), 24, True, "tx1", "t"), _SMALL, *_FOOT,
    ),
    "table": _FIGURE,
    "text": (*_FIGURE, _TEXT),
    "method": (*_FIGURE, (TEXT, "body", "Text", _TEXT[3], 20, False, "tx1", "t")),
}


def blank() -> Any:
    """A `pptx.Presentation` without slides. Its slide layouts have the names of `engine.reports.sheets.Layout`."""
    deck: Any = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    size = deck.part._element.find(f"{{{SPACES['p']}}}sldSz")
    size.attrib.pop("type", None)  # it says 4:3
    master = deck.slide_master
    _themed(master)
    _tree(master, (_TITLE, (1, "body", "Text", _TEXT[3], 24, False, "tx1", "t"), *_FOOT), "")
    styles = master._element.find(f"{{{SPACES['p']}}}txStyles")
    master._element.replace(styles, parse_xml(_styles()))
    spare = list(deck.slide_layouts)
    for layout, (name, places) in zip(spare, LAYOUTS.items(), strict=False):
        _layout(layout, name, places)
    for layout in spare[len(LAYOUTS) :]:
        deck.slide_layouts.remove(layout)
    for link in [link for link, one in deck.part.package._rels.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        deck.part.package.drop_rel(link)  # the picture of another deck
    for link in [link for link, one in deck.part.rels.items() if one.reltype == RELATIONSHIP_TYPE.PRINTER_SETTINGS]:
        deck.part.drop_rel(link)
    return deck


def layout(deck: Any, name: str) -> Any:
    """The deck's slide layout for a layout of a sheet."""
    return next(one for one in deck.slide_layouts if one.name == name)


def place(name: str, number: int) -> Place:
    """A placeholder of a layout."""
    return next(one for one in LAYOUTS[name] if one[0] == number)


def _themed(master: Any) -> None:
    """Plumbline's colours and font instead of the theme's."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    told = {"dk1": INK, "lt1": "#ffffff", "dk2": TEAL, "lt2": PALE, **{f"accent{at + 1}": COLOURS[at] for at in range(6)},
            "hlink": TEAL, "folHlink": COLOURS[6]}
    colours = "".join(f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>' for name, colour in told.items())
    text: str = part.blob.decode()
    text = re.sub(r"<a:clrScheme.*?</a:clrScheme>", f'<a:clrScheme name="Plumbline">{colours}</a:clrScheme>', text, flags=re.S)
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface="{FONT}"/></a:{kind}Font>'
        for kind in ("major", "minor")
    )
    text = re.sub(r"<a:fontScheme.*?</a:fontScheme>", f'<a:fontScheme name="Plumbline">{fonts}</a:fontScheme>', text, flags=re.S)
    part._blob = text.replace('name="Office Theme"', 'name="Plumbline"', 1).encode()


def _styles() -> str:
    level = '<a:defRPr sz="{size}" b="{bold}" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>' + "".join(
        f'<a:{script} typeface="+{{face}}-{short}"/>' for script, short in (("latin", "lt"), ("ea", "ea"), ("cs", "cs"))
    ) + "</a:defRPr>"
    title = f'<a:lvl1pPr algn="l"><a:buNone/>{level.format(size=3000, bold=1, face="mj")}</a:lvl1pPr>'
    body = "".join(
        f'<a:lvl{at}pPr marL="0" indent="0" algn="l"><a:buNone/>{level.format(size=2400, bold=0, face="mn")}</a:lvl{at}pPr>'
        for at in range(1, 10)
    )
    other = body.replace('sz="2400"', 'sz="1800"')
    return (f"<p:txStyles {NAMESPACES}><p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{body}</p:bodyStyle>"
            f"<p:otherStyle>{other}</p:otherStyle></p:txStyles>")


def _layout(one: Any, name: str, places: tuple[Place, ...]) -> None:
    one._element.set("type", {"title": "title", "section": "secHead"}.get(name, "titleOnly"))
    one._element.cSld.set("name", name)
    for old in one._element.cSld.findall(f"{{{SPACES['p']}}}bg"):
        one._element.cSld.remove(old)
    ground = {"title": "tx2", "section": "bg2"}.get(name)
    if ground:
        paint = f'<a:solidFill><a:schemeClr val="{ground}"/></a:solidFill><a:effectLst/>'
        one._element.cSld.insert(0, parse_xml(f"<p:bg {NAMESPACES}><p:bgPr>{paint}</p:bgPr></p:bg>"))
    _tree(one, places, name)


def _tree(owner: Any, places: tuple[Place, ...], name: str) -> None:
    """Ornaments and placeholders of a master or a layout instead of its own."""
    tree = owner._element.cSld.spTree
    for old in list(tree)[2:]:
        tree.remove(old)
    shapes = [*_ornaments(name), *(placeholder(one) for one in places)]
    for number, shape in enumerate(shapes):
        element: Any = parse_xml(shape)  # pyright: ignore[reportUnknownVariableType]
        element.xpath(".//p:cNvPr")[0].set("id", str(number + 2))
        tree.append(element)


def _ornaments(name: str) -> list[str]:
    """A plumb line hangs from the top of every slide; a rule parts the small print from the footer."""
    if name == "":
        return []
    if name == "title":
        return [_shape("Beam", "rect", Box(10.75, 0.95, 1.9, 0.16), "bg1"), _shape("Line", "rect", Box(11.67, 0.95, 0.06, 3.2), "bg1"),
                _shape("Bob", "diamond", Box(11.28, 4.0, 0.84, 1.25), AMBER)]
    rule = _shape("Rule", "rect", Box(LEFT, BASE + 0.05, ACROSS, 0.01), RULE)
    if name == "section":
        return [_shape("Line", "rect", Box(0.5, 0, 0.04, 3.7), "tx2"), _shape("Bob", "diamond", Box(0.37, 3.55, 0.3, 0.46), AMBER), rule]
    return [_shape("Line", "rect", Box(0.345, 0, 0.03, 0.52), "tx2"), _shape("Bob", "diamond", Box(0.26, 0.47, 0.2, 0.31), AMBER), rule]


def frame(box: Box) -> str:
    """A box as XML."""
    left, top, wide, high = (int(Inches(size)) for size in (box.left, box.top, box.width, box.height))
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'


def _shape(name: str, form: str, box: Box, colour: str) -> str:
    paint = f'<a:srgbClr val="{colour[1:]}"/>' if colour.startswith("#") else f'<a:schemeClr val="{colour}"/>'
    head = f'<p:nvSpPr><p:cNvPr id="0" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
    return (f"<p:sp {NAMESPACES}>{head}<p:spPr>{frame(box)}"
            f'<a:prstGeom prst="{form}"><a:avLst/></a:prstGeom><a:solidFill>{paint}</a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>')


def placeholder(one: Place, *, words: str | None = None) -> str:
    """A placeholder as XML; with `words` as it stands on a slide, where it takes its looks from the layout."""
    number, kind, name, box, size, bold, colour, anchor = one
    told = f'type="{kind}"' + (f' idx="{number}"' if number else "")
    head = (f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="0" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
            f"<p:nvPr><p:ph {told}/></p:nvPr></p:nvSpPr>")
    run = "<a:fld id=\"{C1FF6DA9-008F-8B48-92A6-B652298478BF}\" type=\"slidenum\"><a:rPr lang=\"en-GB\"/><a:t>‹#›</a:t></a:fld>"
    if words is not None:
        text = f"<a:p>{run}</a:p>" if kind == "sldNum" else words
        return f"{head}<p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{text}</p:txBody></p:sp>"
    paint = f'<a:srgbClr val="{colour[1:]}"/>' if colour.startswith("#") else f'<a:schemeClr val="{colour}"/>'
    align = "r" if kind == "sldNum" else "l"
    style = (f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{size * 100}" b="{int(bold)}">'
             f"<a:solidFill>{paint}</a:solidFill></a:defRPr></a:lvl1pPr>")
    text = run if kind == "sldNum" else f'<a:r><a:rPr lang="en-GB"/><a:t>{escaped(name)}</a:t></a:r>' if kind != "ftr" else ""
    return (f'{head}<p:spPr>{frame(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
            f'<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
            f"<a:lstStyle>{style}</a:lstStyle><a:p>{text}</a:p></p:txBody></p:sp>")
