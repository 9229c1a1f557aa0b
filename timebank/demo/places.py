"""Places with their published names and codes; the coordinates of communities are near the real ones (WGS 84)."""

from __future__ import annotations

from dataclasses import dataclass

from timebank.territory.divisions import Place

YAOHUA, WULAOCUN, CHUNHUA, SHUANGGANG = "320113001", "320104006", "320115004", "120112103"
YAOXIN = "320113001007"
TIANJIN = "1201"

WIDE = (
    Place("32", "江苏省", 32.0603, 118.7969),
    Place("3201", "南京市", 32.0603, 118.7969),
    Place("320113", "栖霞区", 32.1150, 118.9090),
    Place("320104", "秦淮区", 32.0340, 118.7950),
    Place("320115", "江宁区", 31.9520, 118.8400),
    Place(YAOHUA, "尧化街道", 32.1340, 118.8850),
    Place(WULAOCUN, "五老村街道", 32.0370, 118.7950),
    Place(CHUNHUA, "淳化街道", 31.9460, 118.9130),
    Place("12", "天津市", 39.0842, 117.2010),
    Place(TIANJIN, "市辖区", 39.0842, 117.2010),
    Place("120112", "津南区", 38.9370, 117.3570),
    Place(SHUANGGANG, "双港镇", 39.0190, 117.2990),
)


@dataclass(frozen=True, slots=True)
class Community:
    """A community of the demo: its share of the people, and how its addresses begin."""

    code: str
    name: str
    lat: float
    lon: float
    share: float
    street: str

    @property
    def place(self) -> Place:
        return Place(self.code, self.name, self.lat, self.lon)


COMMUNITIES = (
    Community(YAOXIN, "尧新社区居委会", 32.1360, 118.8850, 0.36, "尧新大道"),
    Community("320113001001", "尧化社区居委会", 32.1325, 118.8815, 0.14, "尧化门街"),
    Community("320113001009", "金尧花园社区居委会", 32.1390, 118.8890, 0.10, "金尧路"),
    Community("320113001016", "王子楼社区居委会", 32.1300, 118.8900, 0.08, "王子楼路"),
    Community("320104006003", "五老村社区居委会", 32.0370, 118.7950, 0.14, "五老村"),
    Community("320104006004", "三条巷社区居委会", 32.0395, 118.7985, 0.06, "三条巷"),
    Community("320115004202", "滨淮村委会", 31.9500, 118.8400, 0.07, "滨淮路"),
    Community("120112103003", "鑫港园社区居委会", 39.0170, 117.2960, 0.05, "鑫港路"),
)
GRIDS = {YAOXIN: ("尧新一网格", "尧新二网格", "尧新三网格"), "320104006003": ("五老村一网格", "五老村二网格")}
BUILDINGS = 14
METRES_APART = 75
DEGREE_METRES = 111_320


def community(code: str) -> Community:
    """The community in which a code (its own, or of a grid) lies."""
    return next(one for one in COMMUNITIES if code.startswith(one.code))


def building_point(where: Community, number: int) -> tuple[float, float]:
    """Where building 1 … of a community stands: rows of five, about 75 m apart (80 m from 7 to 8)."""
    row, column = divmod(number - 1, 5)
    lat = where.lat + (row - 1) * METRES_APART / DEGREE_METRES
    lon = where.lon + (column - 2) * METRES_APART / (DEGREE_METRES * 0.85)
    return round(lat, 6), round(lon, 6)


def address(where: Community, building: int, unit: int, room: int) -> str:
    """As people write it: 尧新大道12幢2单元301室."""
    return f"{where.street}{building}幢{unit}单元{room}室"
