"""The services a time bank starts with (domain.md B1-B2: Yaohua's 13 kinds, Qingdao's five, Beijing's eight).

Training and insurance flags, usual lengths and the care level a helper without training copes with are assumptions
(L3 art. 15-17 only says that training and insurance are needed where the work asks for it); all can be edited.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A row of the catalogue; minutes per visit; weight in thousandths (1000 = 1.00)."""

    code: str
    name_zh: str
    name_en: str
    group: str
    usual_minutes: int = 60
    max_minutes: int = 240
    needs_training: bool = False
    needs_insurance: bool = False
    same_sex_only: bool = False
    max_self_care_loss: str = "partial"
    weight_permille: int = 1000
    sort: int = 100
    active: bool = True


DEFAULT_SERVICES: tuple[Service, ...] = (
    Service(
        "cleaning",
        "打扫卫生",
        "Cleaning",
        "cleaning",
        usual_minutes=90,
        max_self_care_loss="full_loss",
        sort=10,
    ),
    Service(
        "cooking",
        "上门做饭",
        "Cooking",
        "cooking",
        max_self_care_loss="full_loss",
        sort=20,
    ),
    Service(
        "meals",
        "送餐助餐",
        "Meals",
        "meals",
        usual_minutes=45,
        max_self_care_loss="full_loss",
        sort=30,
    ),
    Service(
        "bathing",
        "助浴",
        "Help with bathing",
        "bathing",
        max_minutes=120,
        needs_training=True,
        needs_insurance=True,
        same_sex_only=True,
        sort=40,
    ),
    Service(
        "shopping",
        "代购跑腿",
        "Shopping and errands",
        "shopping",
        max_self_care_loss="full_loss",
        sort=50,
    ),
    Service(
        "medical_company",
        "陪同就医",
        "Company to the doctor",
        "medical_company",
        usual_minutes=180,
        max_minutes=480,
        needs_training=True,
        needs_insurance=True,
        sort=60,
    ),
    Service(
        "company",
        "陪伴聊天",
        "Company and chatting",
        "comfort",
        max_self_care_loss="full_loss",
        sort=70,
    ),
    Service("laundry", "洗衣", "Laundry", "laundry", max_self_care_loss="full_loss", sort=80),
    Service(
        "reading",
        "读书读报",
        "Reading aloud",
        "reading",
        max_self_care_loss="full_loss",
        sort=90,
    ),
    Service(
        "emergency",
        "应急帮助",
        "Emergency help",
        "emergency",
        needs_training=True,
        needs_insurance=True,
        max_self_care_loss="full_loss",
        sort=100,
    ),
    Service(
        "haircut",
        "上门理发",
        "Haircut at home",
        "assistance",
        usual_minutes=45,
        max_self_care_loss="full_loss",
        sort=110,
    ),
    Service(
        "smartphone",
        "智能手机指导",
        "Smartphone help",
        "training",
        usual_minutes=45,
        max_self_care_loss="full_loss",
        sort=120,
    ),
    Service(
        "outing",
        "陪同出行",
        "Company on outings",
        "outing",
        usual_minutes=90,
        needs_insurance=True,
        sort=130,
    ),
    Service(
        "legal_guidance",
        "法律咨询引导",
        "Legal guidance",
        "legal",
        needs_training=True,
        max_self_care_loss="full_loss",
        sort=140,
    ),
    Service(
        "fraud_guidance",
        "防诈骗指导",
        "Guidance against fraud",
        "fraud_guidance",
        max_self_care_loss="full_loss",
        sort=150,
    ),
    Service(
        "small_repairs",
        "小修小补",
        "Small repairs",
        "assistance",
        needs_insurance=True,
        max_self_care_loss="full_loss",
        sort=160,
    ),
    Service(
        "culture",
        "文体活动陪伴",
        "Culture and exercise together",
        "culture",
        usual_minutes=90,
        sort=170,
    ),
    Service(
        "health_talk",
        "健康知识与测量",
        "Health information and measuring",
        "health",
        usual_minutes=45,
        needs_training=True,
        max_self_care_loss="full_loss",
        sort=180,
    ),
)
