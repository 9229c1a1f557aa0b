"""Trees and paths against the words of RFC 6962, and what a proof must not let pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timebank.ledger.rules import proofs, seals, signing
from timebank.ledger.rules.proofs import Disproved, Proof, Unreadable
from timebank.ledger.rules.seals import SealFacts

LEAVES = st.integers(1, 300).map(lambda count: [hashlib.sha256(b"%d" % one).digest() for one in range(count)])
DIGESTS = st.integers().map(lambda one: hashlib.sha256(b"stranger %d" % one).digest())
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
NOW = datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)


def _split(count: int) -> int:
    """ "the largest power of two smaller than n"."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def rfc_head(leaves: Sequence[bytes]) -> bytes:
    """MTH of section 2.1, word for word (over digests of leaves)."""
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return hashlib.sha256(b"\x01" + rfc_head(leaves[:k]) + rfc_head(leaves[k:])).digest()


def rfc_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*rfc_path(m, leaves[:k]), rfc_head(leaves[k:])]
    return [*rfc_path(m - k, leaves[k:]), rfc_head(leaves[:k])]


@patient
@given(LEAVES)
def test_the_tree_is_that_of_rfc_6962(leaves):
    assert seals.tree_head(leaves) == rfc_head(leaves)


@patient
@given(LEAVES, st.data())
def test_paths_are_those_of_rfc_6962_and_lead_to_the_head(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    steps = seals.path(leaves, place)
    assert steps == rfc_path(place, leaves)
    assert seals.head_by_path(leaves[place], place, len(leaves), steps) == rfc_head(leaves)


@patient
@given(LEAVES, st.data())
def test_no_path_leads_to_the_head_from_anywhere_else(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    steps = seals.path(leaves, place)
    head = seals.tree_head(leaves)
    other = data.draw(st.integers(-1, len(leaves) + 1).filter(lambda one: one != place))
    assert seals.head_by_path(leaves[place], other, len(leaves), steps) != head
    stranger = data.draw(DIGESTS)
    assert seals.head_by_path(stranger, place, len(leaves), steps) != head
    assert seals.head_by_path(leaves[place], place, len(leaves), [*steps, stranger]) is None
    if steps:
        assert seals.head_by_path(leaves[place], place, len(leaves), steps[:-1]) is None
        bent = data.draw(st.integers(0, len(steps) - 1))
        changed = [step if number != bent else stranger for number, step in enumerate(steps)]
        assert seals.head_by_path(leaves[place], place, len(leaves), changed) != head


def test_a_place_outside_the_tree_has_no_path():
    with pytest.raises(IndexError):
        seals.path([b"\1" * 32], 1)


@patient
@given(st.text(), st.integers(), st.none() | st.text())
def test_the_canonical_text_is_plain_json_without_spaces(memo, number, more):
    content = [number, memo, more, [[1, 2]]]
    assert seals.text(content) == json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(seals.text(content)) == content


def test_a_leaf_of_the_first_version_keeps_its_bytes():
    content = (3201, "0" * 32, "post", 1, 2, 90, None, None, "k", "2026-11-22T01:02:03.000004+00:00", None, "x", None)
    text = '[3201,"00000000000000000000000000000000","post",1,2,90,null,null,"k",'
    text += '"2026-11-22T01:02:03.000004+00:00",null,"x",null,"张桂英","visit","\\"扫地\\"\\n",[[1,1,-90,510]]]'
    assert seals.text((*content, "张桂英", "visit", '"扫地"\n', [(1, 1, -90, 510)])) == text
    assert seals.leaf_of(text) == hashlib.sha256(b"\0" + text.encode()).digest()


# -- proofs ------------------------------------------------------------------------------------------------------------

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
DER = signing.public_der(KEY)


def sign(facts: SealFacts, key: Ed25519PrivateKey = KEY) -> SealFacts:
    named = replace(facts, key_id=signing.key_id(signing.public_der(key)))
    return replace(named, signature=key.sign(named.message()))


def text_of(number: int) -> str:
    moment = seals.moment(NOW)
    facts = (3201, f"{number:032x}", "post", 1, 2, 90, None, None, f"k{number}", moment, None, moment, 7, "徐梅")
    return seals.text((*facts, "visit", "", [(1, number + 1, -90, -90 * number), (2, number + 1, 90, 90 * number)]))


@pytest.fixture
def proof() -> Proof:
    """Of the third of five transfers under seal 4."""
    texts = [text_of(number) for number in range(5)]
    leaves = [seals.leaf_of(text) for text in texts]
    previous = b"p" * 32
    seal = sign(SealFacts(3201, 4, 5, previous, seals.root(previous, leaves), NOW))
    return Proof(texts[2], leaves[2], 2, tuple(seals.path(leaves, 2)), seal, DER)


def test_a_proof_survives_being_written_and_read(proof):
    again = proofs.read(json.loads(json.dumps(proofs.document(proof))))
    assert again == proof
    proofs.check(again, proof.seal.root)
    assert again.transfer["entries"][0] == {"account": 1, "seq": 3, "amount": -90, "balance": -180}


def wrong(proof: Proof, root: bytes, words: str) -> None:
    with pytest.raises(Disproved, match=words):
        proofs.check(proof, root)


def test_each_part_of_a_proof_that_was_altered_is_named(proof):
    root = proof.seal.root
    wrong(replace(proof, text=proof.text.replace("90", "91")), root, "transfer was altered")
    raised = proof.text.replace("90", "91")
    wrong(replace(proof, text=raised, leaf=seals.leaf_of(raised)), root, "does not lead to the root")
    wrong(replace(proof, index=3), root, "does not lead to the root")
    wrong(replace(proof, index=9), root, "does not fit the place")
    wrong(replace(proof, steps=proof.steps[1:]), root, "does not fit the place")
    wrong(replace(proof, seal=replace(proof.seal, root=b"x" * 32)), root, "does not lead to the root")
    wrong(replace(proof, seal=replace(proof.seal, sealed_at=NOW.replace(year=2025))), root, "signature .* does not fit")
    wrong(replace(proof, seal=replace(proof.seal, signature=b"s" * 64)), root, "signature .* does not fit")
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    wrong(replace(proof, public_key=signing.public_der(other)), root, "signed by another key")
    wrong(proof, b"r" * 32, "another root")


def test_a_file_that_says_one_thing_and_proves_another_is_refused(proof):
    content = proofs.document(proof)
    content["transfer"]["amount"] = 900
    with pytest.raises(Disproved, match="not what its sealed text says"):
        proofs.read(content)


@patient
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_nonsense_is_no_proof(content):
    with pytest.raises(Unreadable):
        proofs.read(content)


@patient
@given(st.sampled_from(["text", "leaf", "index", "path", "seal", "public_key", "transfer"]), st.data())
def test_a_proof_with_a_part_of_the_wrong_kind_is_unreadable_or_wrong(part, data):
    leaf = seals.leaf_of(text_of(0))
    seal = sign(SealFacts(3201, 1, 1, seals.EMPTY, seals.root(seals.EMPTY, [leaf]), NOW))
    content = proofs.document(Proof(text_of(0), leaf, 0, (), seal, DER))
    kinds = st.none() | st.booleans() | st.text() | st.integers(1) | st.lists(st.integers(), min_size=1)
    content[part] = data.draw(kinds)
    with pytest.raises((Unreadable, Disproved)):
        proofs.check(proofs.read(content), seal.root)


def test_a_path_is_a_list_even_where_it_is_empty():
    leaf = seals.leaf_of(text_of(0))
    seal = sign(SealFacts(3201, 1, 1, seals.EMPTY, seals.root(seals.EMPTY, [leaf]), NOW))
    content = proofs.document(Proof(text_of(0), leaf, 0, (), seal, DER))
    assert content["path"] == []
    proofs.check(proofs.read(content), seal.root)
    for other in ("", {}):
        with pytest.raises(Unreadable, match="no list"):
            proofs.read({**content, "path": other})


def test_a_root_is_read_as_people_write_it():
    digits = "ab" * 32
    assert proofs.read_root(f" {digits[:32].upper()}\n{digits[32:]} ") == bytes.fromhex(digits)
    for bad in ("", "ab", "zz" * 32, digits + "ab"):
        with pytest.raises(Unreadable, match="64 hexadecimal"):
            proofs.read_root(bad)


# -- chains ------------------------------------------------------------------------------------------------------------


def chain(count: int = 4) -> list[SealFacts]:
    found: list[SealFacts] = []
    for number in range(1, count + 1):
        before = found[-1].root if found else seals.EMPTY
        found.append(sign(SealFacts(3201, number, 3, before, hashlib.sha256(b"%d" % number).digest(), NOW)))
    return found


KEYS = {signing.key_id(DER): signing.PublicKey(DER, NOW)}


def test_a_chain_that_holds():
    lines = [json.dumps(seal.published()) for seal in chain()]
    assert proofs.read_chain(lines) == chain()
    proofs.check_chain(proofs.read_chain(lines), KEYS)
    proofs.check_chain(chain()[2:], KEYS)  # from any seal on


def broken(seals_given: list[SealFacts], words: str) -> None:
    with pytest.raises(Disproved, match=words):
        proofs.check_chain(seals_given, KEYS)


def test_each_way_to_break_a_chain_is_named():
    good = chain()
    broken([good[0], good[2]], "After seal 1 of 3201 comes seal 3")
    broken([good[1], good[0]], "After seal 2 of 3201 comes seal 1")
    replaced = sign(replace(good[1], root=b"x" * 32))
    broken([good[0], replaced, *good[2:]], "Seal 3 does not follow seal 2")
    broken([sign(replace(good[0], prev_root=b"y" * 32))], "does not start from zeros")
    broken([*good[:3], replace(good[3], leaves=4)], "signature of seal 4")
    broken([*good[:3], replace(good[3], key_id=b"", signature=b"")], "not signed although")
    stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    broken([*good[:3], sign(good[3], stranger)], "never published")


def test_a_line_that_is_no_seal_is_named_by_its_number():
    good = [json.dumps(seal.published()) for seal in chain()]
    for bad in (
        "",
        "{}",
        "[]",
        "1",
        good[0][:-9],
        good[0].replace("/1", "/2"),
        good[0].replace('"leaves": 3', '"leaves": 0'),
    ):
        with pytest.raises(Unreadable, match="line 2"):
            proofs.read_chain([good[0], bad])
    with pytest.raises(Unreadable, match="no seal"):
        proofs.read_chain([])


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_key_is_read_from_pem_and_base64():
    from base64 import b64encode

    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    form = (PrivateFormat.PKCS8, NoEncryption())
    pem, der = KEY.private_bytes(Encoding.PEM, *form), KEY.private_bytes(Encoding.DER, *form)
    for given_key in (pem, b64encode(pem), b64encode(der), b64encode(b"k" * 32)):
        assert signing.public_der(signing.private_key(given_key)) == DER
    rsa = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, *form)
    for bad in (b"", b"nonsense", b"-----BEGIN", b64encode(b"short"), rsa):
        with pytest.raises(signing.BadKey):
            signing.private_key(bad)


def test_a_new_key_that_the_old_one_does_not_vouch_for_is_refused():
    old = signing.PublicKey(DER, NOW)
    next_der = signing.public_der(Ed25519PrivateKey.from_private_bytes(b"n" * 32))
    new = signing.PublicKey(next_der, NOW, old.id)
    vouched = replace(new, signature=KEY.sign(new.message()))
    lines = [json.dumps(key.published()) for key in (old, vouched)]
    assert list(proofs.read_keys(lines)) == [old.id, new.id]
    with pytest.raises(Disproved, match="vouches"):
        proofs.read_keys([lines[0], json.dumps(replace(vouched, signature=b"x" * 64).published())])
    with pytest.raises(Disproved, match="vouches"):
        proofs.read_keys([lines[1]])
    with pytest.raises(Unreadable, match="key 1"):
        proofs.read_keys([lines[0].replace(old.id.hex(), "00" * 8)])
