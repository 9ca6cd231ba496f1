"""Every picture of the demo newsroom by its key."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

from PIL import Image

from iria.demo.drawing import (
    above,
    charts,
    coast,
    diagrams,
    hills,
    indoors,
    parcels,
    plains,
    portraits,
    rivers,
    shipping,
    skylines,
)
from iria.demo.drawing.labelling import Label, labelled
from iria.demo.drawing.maps import draw_map

PICTURES: dict[str, Callable[[], Image.Image]] = {
    "harbour-at-dusk": shipping.harbour_at_dusk,
    "strait-at-dawn": shipping.strait_at_dawn,
    "fishing-lights": coast.fishing_lights,
    "lighthouse": coast.lighthouse,
    "wind-farm": coast.wind_farm,
    "mountain-pass": hills.mountain_pass,
    "desert-panels": hills.desert_panels,
    "dust-road": hills.dust_road,
    "reservoir": rivers.reservoir,
    "low-river": rivers.low_river,
    "wheat-field": plains.wheat_field,
    "railhead": plains.railhead,
    "city-at-night": skylines.city_at_night,
    "radar-ridge": skylines.radar_ridge,
    "chemical-works": skylines.chemical_works,
    "empty-table": indoors.empty_table,
    "wafer": indoors.wafer,
    "delta": above.delta,
    "sea-ice": above.sea_ice,
    "brine-ponds": parcels.brine_ponds,
    "paddies": parcels.paddies,
    "forest-edge": parcels.forest_edge,
    "orbits": diagrams.orbits,
    "seabed": diagrams.seabed,
    "trade-web": diagrams.trade_web,
    "map-east-china-sea": partial(draw_map, "east_china_sea"),
    "map-straits": partial(draw_map, "straits"),
    "map-baltic": partial(draw_map, "baltic"),
    "map-gulf": partial(draw_map, "gulf_desalination"),
    "map-corridors": partial(draw_map, "corridors"),
    "map-gibraltar": partial(draw_map, "gibraltar"),
    "chart-defence": charts.defence_budget,
    "chart-conscripts": charts.conscripts,
    "chart-red-sea": charts.red_sea_transits,
    "chart-debt": charts.debt_service,
    "chart-lake": charts.lake_level,
    "chart-freight": charts.freight,
    "chart-river": charts.hydrograph,
    **{
        f"portrait-{slug}": partial(portraits.portrait, sitter)
        for slug, sitter in portraits.SITTERS.items()
    },
}


def drawn(key: str, label: Label) -> bytes:
    """The picture as a JPEG file that says itself what it shows, who made it and how it may be used."""
    plain = BytesIO()
    PICTURES[key]().save(plain, "JPEG", quality=86)
    return labelled(plain.getvalue(), label)
