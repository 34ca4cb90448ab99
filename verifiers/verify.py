#!/usr/bin/env python3
"""Verifies an evidence bundle of a Quarterdeck ledger: a directory, or a tar of it.

    python3 -I verify.py [--json] [--vkey KEY] [--checkpoint FILE]... [--require-complete] [DIR|TAR]
    python3 -I verify.py --help

Without a path: the directory that holds this file. Needs Python 3.8 or newer and nothing else, opens no
network connection and writes no file. The rules are those of "The ledger format" (docs/formats/ledger.md).
Exit status: 0 verified, 1 not verified, 2 not readable or no bundle, 64 wrong usage.

A verifier that comes with the evidence is a convenience: use a copy and a key (--vkey) obtained elsewhere.
"""
import sys

sys.dont_write_bytecode = True

import base64
import hashlib
import io
import json
import os
import re
import stat

MAX_INTEGER = 2**53 - 1
MAX_ENTRY_BYTES = 65535
MAX_DEPTH = 64
PIECE = 1 << 20


class Malformed(Exception):
    """Something cannot be read as specified; the message says what."""


class Unreadable(Exception):
    """The path is no bundle, or the system does not let us read it."""


class Usage(Exception):
    """The command line is wrong."""


# --- Bytes as text ------------------------------------------------------------------------------------------

HEX32 = re.compile(r'[0-9a-f]{32}')
HEX64 = re.compile(r'[0-9a-f]{64}')
DECIMAL = re.compile(r'0|[1-9][0-9]{0,15}')


def is_hash(value):
    return isinstance(value, str) and HEX64.fullmatch(value) is not None


def from_base64(text):
    """The bytes, only when this is the one way to write them; else None."""
    try:
        data = base64.b64decode(text.encode('ascii'), validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode('ascii') == text else None


def decimal_of(text):
    """A size without leading zeros, at most 2^53 - 1; else None."""
    if DECIMAL.fullmatch(text) is None or int(text) > MAX_INTEGER:
        return None
    return int(text)


def utf8_of(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        return None


def shown(text):
    """Text of unknown origin, safe on a terminal."""
    return ''.join(c if c.isprintable() else c.encode('unicode_escape').decode('ascii') for c in str(text))


# --- The tree (RFC 6962) ------------------------------------------------------------------------------------

sha256 = hashlib.sha256


def leaf_hash(line):
    return sha256(b'\x00' + line).digest()


def node_hash(left, right):
    return sha256(b'\x01' + left + right).digest()


def subtrees(start, end):
    """(level, index) of the maximal aligned subtrees that cover [start, end), left to right."""
    found = []
    while start < end:
        level = 0
        while start % (2 << level) == 0 and start + (2 << level) <= end:
            level += 1
        found.append((level, start >> level))
        start += 1 << level
    return found


class Tree:
    """A tree that only grows; it keeps the roots of its maximal subtrees."""

    def __init__(self, size=0, nodes=()):
        self.size = size
        self.nodes = list(nodes)
        self.at8 = []  # Roots of 256, 65536, ... leaves that the last push completed: the hashes in tiles above level 0.

    def push(self, node, level=0):
        """Appends a subtree of 2^level leaves; the size must be a multiple of that."""
        size = self.size >> level
        self.size += 1 << level
        nodes = self.nodes
        while size & 1:
            node = sha256(b'\x01' + nodes.pop() + node).digest()
            size >>= 1
            level += 1
            if not level & 7:
                self.at8.append((level >> 3, node))
        nodes.append(node)

    def root(self):
        if not self.nodes:
            return sha256(b'').digest()
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root_of_inclusion(index, size, leaf, proof):
    """The root that an inclusion path leads to (RFC 9162, 2.1.3.2); None when its length is wrong."""
    first, last = index, size - 1
    root = leaf
    for node in proof:
        if last == 0:
            return None
        if first & 1 or first == last:
            root = node_hash(node, root)
            while not first & 1 and first != 0:
                first >>= 1
                last >>= 1
        else:
            root = node_hash(root, node)
        first >>= 1
        last >>= 1
    return root if last == 0 else None


# --- Ed25519 (RFC 8032), verification only ------------------------------------------------------------------

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, FIELD - 2, FIELD) % FIELD
CURVE_2D = 2 * CURVE_D % FIELD
NEUTRAL = (0, 1, 1, 0)
Y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER_Y = {0, 1, FIELD - 1, Y8, FIELD - Y8}


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % FIELD
    b = (p[1] + p[0]) * (q[1] + q[0]) % FIELD
    c = p[3] * q[3] * CURVE_2D % FIELD
    d = 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def point_of(data):
    """The point of 32 bytes; None when they encode none, not in the one way, or one of small order."""
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= FIELD or y in SMALL_ORDER_Y:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, FIELD - 2, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if (x * x - square) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    if (x * x - square) % FIELD:
        return None
    if x & 1 != sign:
        x = FIELD - x
    return (x, y, 1, x * y % FIELD)


def point_bytes(point):
    inverse = pow(point[2], FIELD - 2, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, 'little')


class Multiples:
    """j * 16^i * point, so that a product takes 64 additions."""

    def __init__(self, point):
        self.rows = []
        for _ in range(64):
            row = [NEUTRAL]
            for _ in range(15):
                row.append(point_add(row[-1], point))
            self.rows.append(row)
            point = point_add(row[-1], point)

    def times(self, scalar, start=NEUTRAL):
        for row in self.rows:
            digit = scalar & 15
            if digit:
                start = point_add(start, row[digit])
            scalar >>= 4
        return start


BASE = []  # Multiples of the base point, made when the first signature is checked.


def base_multiples():
    if not BASE:
        BASE.append(Multiples(point_of((4 * pow(5, FIELD - 2, FIELD) % FIELD).to_bytes(32, 'little'))))
    return BASE[0]


class PublicKey:
    def __init__(self, data):
        self.data = data
        self.point = point_of(data) if len(data) == 32 else None
        self.negative = None

    def verifies(self, message, signature):
        if self.point is None or len(signature) != 64:
            return False
        r, s = signature[:32], int.from_bytes(signature[32:], 'little')
        r_y = int.from_bytes(r, 'little') & ((1 << 255) - 1)
        if s >= ORDER or r_y >= FIELD or r_y in SMALL_ORDER_Y:
            return False
        k = int.from_bytes(hashlib.sha512(r + self.data + message).digest(), 'little') % ORDER
        if self.negative is None:
            x, y, z, t = self.point
            self.negative = Multiples((FIELD - x, y, z, FIELD - t))
        return point_bytes(self.negative.times(k, base_multiples().times(s))) == r


# --- Signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ------------------------------------------

NAME = re.compile('[^+\\x00-\\x20\\x7f\\x85\\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+')


class Key:
    """A verifier key: NAME+ID+BASE64."""

    def __init__(self, text):
        parts = text.split('+', 2)
        data = from_base64(parts[2]) if len(parts) == 3 else None
        if data is None or len(data) != 33 or data[0] != 1 or NAME.fullmatch(parts[0]) is None:
            raise Malformed('it is no verifier key')
        self.text, self.name, self.id = text, parts[0], parts[1]
        try:
            named = self.name.encode('utf-8')
        except UnicodeEncodeError:
            raise Malformed('its name is no text')
        if self.id != sha256(named + b'\n' + data).hexdigest()[:8]:
            raise Malformed('its id is not that of its name and bytes')
        self.public = PublicKey(data[1:])

    def marks(self, signature):
        return (self.name, self.id) == signature[:2]


class Note:
    def __init__(self, raw):
        """Reads a note; raises Malformed."""
        text = utf8_of(raw)
        if text is None or any(c < ' ' and c != '\n' for c in text):
            raise Malformed('it is not plain text in UTF-8')
        at = text.rfind('\n\n')
        if at < 0 or not text.endswith('\n'):
            raise Malformed('it has no signatures after an empty line')
        self.raw = raw
        self.whole = text
        self.text = text[: at + 1]
        self.message = self.text.encode('utf-8')
        lines = text[at + 2 : -1].split('\n')
        if text[at + 2 :] == '' or len(lines) > 64:
            raise Malformed('it has not 1 to 64 signatures')
        self.signatures = [self._signature(line) for line in lines]

    @staticmethod
    def _signature(line):
        parts = line.split(' ', 2)
        if len(parts) != 3 or parts[0] != '\u2014' or NAME.fullmatch(parts[1]) is None:
            raise Malformed('a line after the empty line is no signature')
        data = from_base64(parts[2])
        if data is None or len(data) < 5:
            raise Malformed('a signature is not base64 in its one form')
        return (parts[1], data[:4].hex(), data[4:])

    def is_signed(self, key, others=()):
        """By this key, with nothing wrong, and by none of the others."""
        if any(other.id != key.id and other.marks(s) for s in self.signatures for other in others):
            return False
        own = [s[2] for s in self.signatures if key.marks(s)]
        return bool(own) and all(key.public.verifies(self.message, data) for data in own)


def notes_in(data):
    """The notes of a file that holds them one after another; each ends with the last of its signature lines."""
    notes, note, signed, empty = [], [], False, False
    for line in io.BytesIO(data):
        signs = line.startswith(b'\xe2\x80\x94 ') and (signed or empty)
        if signed and not signs:
            notes.append(b''.join(note))
            note = []
        note.append(line)
        signed, empty = signs, line == b'\n'
    return notes + [b''.join(note)]


class Checkpoint(Note):
    def __init__(self, raw, where):
        super().__init__(raw)
        lines = self.text[:-1].split('\n')
        if len(lines) < 3 or '' in lines:
            raise Malformed('it has not an origin, a size and a root, a line each')
        size, root = decimal_of(lines[1]), from_base64(lines[2])
        if size is None or root is None or len(root) != 32:
            raise Malformed('its size or root is not written as it must be')
        self.where, self.origin, self.size, self.root = where, lines[0], size, root


def keys_of(data):
    """The keys of ledger.vkey, oldest first; raises Malformed."""
    text = utf8_of(data)
    if not text or not text.endswith('\n'):
        raise Malformed('it does not hold a verifier key a line')
    keys = [Key(line) for line in text[:-1].split('\n')]
    if any(key.name != keys[0].name for key in keys) or len({key.id for key in keys}) < len(keys):
        raise Malformed('its keys have different names, or two have one id')
    return keys


# --- JSON ---------------------------------------------------------------------------------------------------

STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(',', ':')).encode


class NotJson(Exception):
    pass


def refuse_constant(name):
    raise NotJson(name)


class Reader:
    """Parses JSON. `inexact` says whether a number was written that is no integer up to 2^53 - 1."""

    def __init__(self):
        self.inexact = False
        self._decode = json.JSONDecoder(
            parse_int=self._integer, parse_float=self._float, parse_constant=refuse_constant
        ).decode

    def _integer(self, digits):
        if len(digits) < 16:
            return int(digits)
        if len(digits) < 18 and abs(int(digits)) <= MAX_INTEGER:
            return int(digits)
        return self._float(digits)

    def _float(self, digits):
        self.inexact = True
        return float(digits)

    def parse(self, text):
        """The value; raises NotJson, also when brackets nest too deep."""
        self.inexact = False
        if text.count('[') + text.count('{') > MAX_DEPTH and depth_of(text) > MAX_DEPTH:
            raise NotJson('too deep')
        try:
            return self._decode(text)
        except json.JSONDecodeError:
            raise NotJson('no JSON')

    def fields(self, line):
        """(text, object) of a line; None when it is no JSON object in UTF-8."""
        text = utf8_of(line)
        if text is None:
            return None
        try:
            value = self.parse(text)
        except NotJson:
            return None
        return (text, value) if isinstance(value, dict) else None


def depth_of(text):
    deepest = depth = 0
    for c in STRING.sub('', text):
        if c in '[{':
            depth += 1
            deepest = max(deepest, depth)
        elif c in ']}':
            depth -= 1
    return deepest


def integer_of(value):
    """A number by value: 5.0 is 5. None when it is no integer up to 2^53 - 1."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if abs(value) <= MAX_INTEGER and value.is_integer() else None
    return value if isinstance(value, int) else None


def text_of(fields, name):
    value = fields.get(name)
    return value if isinstance(value, str) else None


def is_printable_ascii(text):
    return all(' ' <= c <= '~' for c in text)


def keys_are_ascii(root):
    todo = [root]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if not all(is_printable_ascii(key) for key in value):
                return False
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
    return True


def is_canonical(text, value, inexact):
    """Whether a text is the RFC 8785 form of the value that it was parsed to."""
    if inexact:
        return False
    plain = text.isascii() and '\\' not in text and '\x7f' not in text
    return (plain or keys_are_ascii(value)) and ENCODE(value) == text


# --- The form of an entry -----------------------------------------------------------------------------------

ORIGIN = re.compile(r'quarterdeck/[a-z0-9][a-z0-9.-]{0,62}/[a-z0-9][a-z0-9.-]{0,62}/[0-9a-f]{16}')
TIME = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z')


def is_text(value):
    return isinstance(value, str)


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_count(value):
    return is_integer(value) and value >= 0


def is_object(value):
    return isinstance(value, dict)


REQUIRED = {
    'v': lambda value: is_integer(value) and value == 1,
    'log': lambda value: is_text(value) and ORIGIN.fullmatch(value) is not None,
    'seq': is_count,
    'prev': is_hash,
    'ts': lambda value: is_text(value) and TIME.fullmatch(value) is not None,
    'mono': is_integer,
    'boot': is_text,
    'session': is_text,
    'actor': is_object,
    'kind': is_text,
    'body': is_object,
}
OPTIONAL = {'run': is_text, 'step': is_text, 'of': is_count, 'fence': is_count}
ACTOR = {'operator': is_text, 'user': is_text, 'via': is_text, 'uid': is_integer}
ACTOR_OPTIONAL = {'from': is_text, 'key': is_text}
FORM = tuple(REQUIRED.items())
ACTOR_FORM = tuple(ACTOR.items())


def form_fault(line, parsed, inexact, log):
    """What is wrong with the form of an entry of this log; None when nothing is."""
    if len(line) > MAX_ENTRY_BYTES:
        return 'it has %d bytes, more than %d' % (len(line), MAX_ENTRY_BYTES)
    if parsed is None:
        return 'it is not a JSON object in UTF-8, nested at most %d deep' % MAX_DEPTH
    text, fields = parsed
    for name, is_good in FORM:
        if name not in fields:
            return 'its field %s is missing' % name
        if not is_good(fields[name]):
            return 'its field %s is not what it must be' % name
    if len(fields) > len(REQUIRED):
        for name, value in fields.items():
            if name not in REQUIRED:
                if name not in OPTIONAL:
                    return 'it has an unknown field %s' % shown(name)
                if not OPTIONAL[name](value):
                    return 'its field %s is not what it must be' % name
    actor = fields['actor']
    for name, is_good in ACTOR_FORM:
        if name not in actor or not is_good(actor[name]):
            return "its actor's %s is not what it must be" % name
    for name, is_good in ACTOR_OPTIONAL.items():
        if name in actor and not is_good(actor[name]):
            return "its actor's %s is not what it must be" % name
    if fields['log'] != log:
        return 'it names another log'
    return None if is_canonical(text, fields, inexact) else 'it is not in canonical form'


def commitments_of(body):
    """Pointer and hash of every object with a 64-hex `sd`."""
    found = {}
    todo = [('/body', body)]
    while todo:
        ptr, value = todo.pop()
        if isinstance(value, dict):
            if is_hash(value.get('sd')):
                found[ptr] = value['sd']
            for key, inner in value.items():
                if isinstance(inner, (dict, list)):
                    todo.append((ptr + '/' + key.replace('~', '~0').replace('/', '~1'), inner))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                if isinstance(inner, (dict, list)):
                    todo.append(('%s/%d' % (ptr, index), inner))
    return found


def commitments_in(text, fields):
    """Those of an entry; most entries have none, and show it at a glance."""
    return commitments_of(fields.get('body')) if '"sd"' in text or '\\u' in text else {}


# --- Where the files come from ------------------------------------------------------------------------------

BUNDLE_NAME = re.compile(r'README\.txt|[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*')


class Source:
    """Files by path. Whatever is read to its end has its SHA-256 in `digests` from then on."""

    def __init__(self):
        self.files = {}  # path -> size
        self.others = []  # Links, devices, sockets.
        self.fault = None  # What is wrong with the container itself.
        self.digests = {}

    def stream(self, path):
        hasher = sha256()
        for piece in self._pieces(path):
            hasher.update(piece)
            yield piece
        if self.digests.setdefault(path, hasher.hexdigest()) != hasher.hexdigest():
            raise Unreadable('%s was changed while it was read' % path)

    def read(self, path):
        return b''.join(self.stream(path))

    def digest(self, path):
        if path not in self.digests:
            for _ in self.stream(path):
                pass
        return self.digests[path]

    def _pieces(self, path):
        raise NotImplementedError


class Directory(Source):
    def __init__(self, root):
        super().__init__()
        self.root = root
        todo = ['']
        while todo:
            below = todo.pop()
            with os.scandir(os.path.join(root, below)) as found:
                for item in found:
                    path = below + item.name
                    info = os.lstat(os.path.join(root, path))
                    if stat.S_ISDIR(info.st_mode):
                        todo.append(path + '/')
                    elif stat.S_ISREG(info.st_mode):
                        self.files[path] = info.st_size
                    else:
                        self.others.append(path)

    def _pieces(self, path):
        flags = os.O_RDONLY | getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
        with open(os.open(os.path.join(self.root, path), flags), 'rb', buffering=0) as file:
            while True:
                piece = file.read(PIECE)
                if not piece:
                    return
                yield piece


def tar_header(path, size):
    """The one header that a bundle's tar has for this file; None when there is none."""
    name, prefix = path, ''
    if len(path) > 100:
        at = path.rfind('/', 0, 156)
        if at < 1 or len(path) - at - 1 > 100:
            return None
        name, prefix = path[at + 1 :], path[:at]
    if size > 8**11 - 1:
        return None

    def field(text, width):
        return text.encode('ascii').ljust(width, b'\0')

    before = field(name, 100) + b'0000444\0' + b'0000000\0' * 2 + b'%011o\0' % size + b'00000000000\0'
    after = b'0' + bytes(100) + b'ustar\x0000' + bytes(80) + field(prefix, 155) + bytes(12)
    total = sum(before) + 8 * ord(' ') + sum(after)
    return before + b'%06o\0 ' % total + after


class Tar(Source):
    def __init__(self, path):
        super().__init__()
        self.file = open(path, 'rb')
        self.places = {}
        self.fault = self._index()

    def _index(self):
        last, at = '', 0
        while True:
            header = self.file.read(512)
            if len(header) == 512 and at > 0 and not any(header):
                break
            name = self._announced(header)
            if name is None:
                if at == 0:
                    raise Unreadable('it is neither a directory nor a tar of a bundle')
                return 'the tar has no header of a bundle at byte %d' % at
            if name <= last:
                return 'the tar names %s out of order' % name
            last = name
            size = int(header[124:135], 8)
            padding = -size % 512
            self.places[name] = at + 512
            self.files[name] = size
            at += 512 + size + padding
            self.file.seek(at - padding)
            if self.file.read(padding) != bytes(padding):
                return 'the tar is cut off in %s, or not padded with zeros' % name
        if self.file.read(513) != bytes(512):
            return 'the tar does not end with two blocks of zeros'
        return None

    @staticmethod
    def _announced(header):
        if len(header) != 512 or re.fullmatch(rb'[0-7]{11}\0', header[124:136]) is None:
            return None
        parts = [header[345:500].rstrip(b'\0'), header[:100].rstrip(b'\0')]
        try:
            path = b'/'.join(part for part in parts if part).decode('ascii')
        except UnicodeDecodeError:
            return None
        if BUNDLE_NAME.fullmatch(path) is None:
            return None
        return path if tar_header(path, int(header[124:135], 8)) == header else None

    def _pieces(self, path):
        at, left = self.places[path], self.files[path]
        while left:
            self.file.seek(at)
            piece = self.file.read(min(left, PIECE))
            if not piece:
                raise Unreadable('the tar became shorter while it was read')
            at += len(piece)
            left -= len(piece)
            yield piece


def open_source(path):
    info = os.stat(path)
    if stat.S_ISDIR(info.st_mode):
        source = Directory(path)
    elif stat.S_ISREG(info.st_mode):
        source = Tar(path)
    else:
        raise Unreadable('it is neither a directory nor a tar')
    there = set(source.files) | set(source.others)
    if not there & {'entries.jsonl', 'range.json', 'checkpoint', 'manifest-sha256.txt'} and source.fault is None:
        raise Unreadable('it holds no evidence bundle')
    return source


def lines_of(pieces):
    """Lines without their newline; raises Malformed at the end when the last one has none."""
    rest = []
    for piece in pieces:
        lines = piece.split(b'\n')
        if len(lines) > 1:
            rest.append(lines[0])
            yield b''.join(rest)
            yield from lines[1:-1]
            rest = []
        if lines[-1]:
            rest.append(lines[-1])
    if rest:
        raise Malformed('its last line has no newline')


# --- The files beside the entries ---------------------------------------------------------------------------


class Range:
    def __init__(self, data):
        """Reads range.json; raises Malformed."""
        reader = Reader()
        parsed = reader.fields(data[:-1]) if data.endswith(b'\n') else None
        if parsed is None or not is_canonical(parsed[0], parsed[1], reader.inexact):
            raise Malformed('it is not one line of canonical JSON')
        value = parsed[1]
        if sorted(value) != ['from', 'left', 'right', 'size', 'to']:
            raise Malformed('it has not exactly the members from, left, right, size, to')
        self.start, self.end, self.size = value['from'], value['to'], value['size']
        if not all(map(is_integer, (self.start, self.end, self.size))):
            raise Malformed('from, to and size are not integers')
        if not 0 <= self.start < self.end <= self.size:
            raise Malformed('0 <= from < to <= size does not hold')
        self.left = self._hashes(value['left'], 0, self.start)
        self.right = self._hashes(value['right'], self.end, self.size)
        self.is_whole = self.start == 0 and self.end == self.size

    @staticmethod
    def _hashes(value, start, end):
        places = subtrees(start, end)
        if not isinstance(value, list) or not all(map(is_hash, value)) or len(value) != len(places):
            raise Malformed('left or right does not hold the roots that cover the rest of the log')
        return [(level, bytes.fromhex(text)) for (level, _), text in zip(places, value)]

    def tree(self):
        return Tree(self.start, [node for _, node in self.left])

    def root(self, tree):
        """The root of `size`, from the tree of everything before `to`."""
        for level, node in self.right:
            tree.push(node, level)
        return tree.root()


class Context:
    """A line of context.jsonl: an entry outside the slice."""

    def __init__(self, line, bounds):
        reader = Reader()
        parsed = reader.fields(line)
        if parsed is None or not is_canonical(parsed[0], parsed[1], reader.inexact):
            raise Malformed('a line is not canonical JSON')
        value = parsed[1]
        if sorted(value) != ['line', 'proof'] or not is_text(value['line']) or not isinstance(value['proof'], list):
            raise Malformed('a line has not exactly the members line and proof')
        if not all(map(is_hash, value['proof'])):
            raise Malformed('a proof is not a list of hashes')
        self.line = value['line'].encode('utf-8')
        self.parsed = reader.fields(self.line)
        self.inexact = reader.inexact
        fields = self.parsed[1] if self.parsed else {}
        self.seq = integer_of(fields.get('seq'))
        if self.seq is None or text_of(fields, 'kind') is None or not is_object(fields.get('body')):
            raise Malformed('a line holds no entry')
        if not 0 <= self.seq < bounds.size or bounds.start <= self.seq < bounds.end:
            raise Malformed('a line holds an entry of the slice, or of none of its log')
        proof = [bytes.fromhex(text) for text in value['proof']]
        self.root = root_of_inclusion(self.seq, bounds.size, leaf_hash(self.line), proof)


class Disclosure:
    """A line of disclosures.jsonl."""

    def __init__(self, line, reader):
        parsed = reader.fields(line)
        if parsed is None or not is_canonical(parsed[0], parsed[1], reader.inexact):
            raise Malformed('a line is not canonical JSON')
        value = parsed[1]
        self.artifact = value.get('artifact')
        if set(value) - {'artifact', 'value'} != {'ptr', 'salt', 'seq'} or len(value) != 4:
            raise Malformed('a line has not exactly the members ptr, salt, seq and value or artifact')
        self.seq, self.ptr, salt = value['seq'], value['ptr'], value['salt']
        if not is_count(self.seq) or not is_text(self.ptr) or not is_printable_ascii(self.ptr):
            raise Malformed('a seq or ptr is not what it must be')
        if not is_text(salt) or HEX32.fullmatch(salt) is None:
            raise Malformed('a salt is not 32 hex digits')
        self.salt = bytes.fromhex(salt)
        self.value = None
        if self.artifact is None:
            self.value = from_base64(value['value']) if is_text(value.get('value')) else None
            if self.value is None:
                raise Malformed('a value is not base64 in its one form')
        elif not is_hash(self.artifact):
            raise Malformed('an artifact is not named by 64 hex digits')


    def is_there(self, source):
        return self.artifact is None or 'artifacts/' + self.artifact in source.files

    def pieces(self, source):
        return [self.value] if self.artifact is None else source.stream('artifacts/' + self.artifact)


class Disclosures:
    """Disclosures in order, taken entry by entry. `fault` says why the file cannot be read."""

    def __init__(self, source):
        self.fault = None
        self.artifacts = set()
        self._lines = self._read(source) if 'disclosures.jsonl' in source.files else iter(())
        self._next = next(self._lines, None)

    def _read(self, source):
        reader, last = Reader(), (-1, '')
        try:
            for line in lines_of(source.stream('disclosures.jsonl')):
                found = Disclosure(line, reader)
                if (found.seq, found.ptr) <= last:
                    raise Malformed('a line is out of order')
                last = (found.seq, found.ptr)
                if found.artifact is not None:
                    self.artifacts.add(found.artifact)
                yield found
        except Malformed as problem:
            self.fault = str(problem)

    def before(self, seq):
        """Takes the disclosures of all entries before `seq`."""
        while self._next is not None and self._next.seq < seq:
            yield self._next
            self._next = next(self._lines, None)


def tile_path(level, index, width):
    """c2sp.org/tlog-tiles; `width` below 256 is a partial tile."""
    name = '%03d' % (index % 1000)
    while index >= 1000:
        index //= 1000
        name = 'x%03d/%s' % (index % 1000, name)
    return 'tile/%s/%s%s' % (level, name, '' if width == 256 else '.p/%d' % width)


class Tiles:
    """Compares the files under tile/ with what the log gives, block by block."""

    def __init__(self, source, size):
        self.source, self.size = source, size
        self.levels = []  # [index, bytes] of the tile that is being filled, by level.
        self.entries = []
        self.right = set()  # Paths of the tiles that were compared.
        self.fault = None
        self.stored = None  # The stored leaves of the block, when their file has its length.

    def _width(self, index):
        return min(256, self.size - 256 * index)

    def begin(self, index):
        """The block of 256 entries with this index starts."""
        path = tile_path(0, index, self._width(index))
        there = self.source.files.get(path) == 32 * self._width(index)
        self.stored = self.source.read(path) if there else None

    def _compare(self, path, expected):
        self.right.add(path)
        if self.source.files.get(path) != len(expected) or self.source.read(path) != expected:
            self.fault = self.fault or '%s is missing, or is not what the entries give' % path

    def add(self, level, node):
        if level == len(self.levels):
            self.levels.append([0, bytearray()])
        tile = self.levels[level]
        tile[1] += node
        if len(tile[1]) == 256 * 32:
            self._compare(tile_path(level, tile[0], 256), tile[1])
            self.levels[level] = [tile[0] + 1, bytearray()]

    def end_block(self, index):
        """The lines of a block, full or the last, are compared."""
        width = self._width(index)
        path = tile_path('entries', index, width)
        if any(len(line) > 0xFFFF for line in self.entries):
            self.fault = self.fault or 'an entry is too long for %s' % path
            self.right.add(path)
        else:
            self._compare(path, b''.join(len(line).to_bytes(2, 'big') + line for line in self.entries))
        self.entries = []

    def end(self):
        """What is wrong with the tiles of a log whose entries were all added."""
        if self.entries:
            self.end_block((self.size - 1) // 256)
        for level, (index, nodes) in enumerate(self.levels):
            if nodes:
                self._compare(tile_path(level, index, len(nodes) // 32), nodes)
        for path in self.source.files:
            if path.startswith('tile/') and path not in self.right:
                self.fault = self.fault or '%s is no tile of this log' % path
        return self.fault


class Manifest:
    NAMES = ('manifest-sha256.txt', 'manifest.note')

    def __init__(self, data):
        """Reads manifest-sha256.txt; raises Malformed."""
        self.digest = sha256(data).hexdigest()
        self.listed = {}
        last = ''
        for line in lines_of([data]):
            path = (utf8_of(line[66:]) or '') if line[64:66] == b'  ' else ''
            listed = utf8_of(line[:64])
            if not is_hash(listed) or BUNDLE_NAME.fullmatch(path) is None or path in self.NAMES:
                raise Malformed('a line is not a SHA-256, two spaces and the name of a file')
            if path <= last:
                raise Malformed('a line is out of order')
            last = path
            self.listed[path] = listed

    def fault(self, source):
        for path in source.files:
            if path not in self.NAMES and path not in self.listed:
                return '%s is not listed in the manifest' % path
        for path, digest in self.listed.items():
            if path not in source.files:
                return '%s is listed in the manifest and is not there' % path
            if source.digest(path) != digest:
                return '%s has not the hash that the manifest says' % path
        return None


def manifest_signed(note):
    """(origin, hash) that manifest.note signs; raises Malformed."""
    lines = note.text[:-1].split('\n')
    if len(lines) != 3 or lines[1] != 'quarterdeck-manifest-v1' or not is_hash(lines[2]):
        raise Malformed('it does not sign a manifest')
    return lines[0], lines[2]


# --- One pass over the entries ------------------------------------------------------------------------------


class Fault:
    def __init__(self, reason, index=None):
        self.reason, self.index = reason, index


class Said:
    """What entries of the slice and of the context say that other rules need."""

    def __init__(self):
        self.rotations = []  # (seq, body)
        self.erased = {}  # (seq, ptr) -> the first entry that says so
        self.witnessed = None

    def hear(self, seq, fields):
        kind, body = fields.get('kind'), fields.get('body')
        if not isinstance(body, dict):
            return
        if kind == 'key.rotate':
            self.rotations.append((seq, body))
        elif kind == 'redact':
            self._erase(seq, body)
        elif kind == 'retention.apply' and isinstance(body.get('erased'), list):
            for place in body['erased']:
                if isinstance(place, dict):
                    self._erase(seq, place)
        elif kind == 'anchor.receipt' and body.get('ok') is True and body.get('offHost') is True:
            size, where = integer_of(body.get('size')), text_of(body, 'anchor')
            largest = 0 if self.witnessed is None else self.witnessed['size']
            if size is not None and where is not None and size > largest:
                self.witnessed = {'size': size, 'where': where, 'at': text_of(fields, 'ts') or ''}

    def _erase(self, by, place):
        seq, ptr = integer_of(place.get('seq')), text_of(place, 'ptr')
        if seq is not None and ptr is not None:
            self.erased[seq, ptr] = min(by, self.erased.get((seq, ptr), by))


class Slice:
    """Reads the lines in order and keeps the first fault of each sort."""

    def __init__(self, source, bounds, origin, sizes):
        self.source, self.bounds, self.origin, self.sizes = source, bounds, origin, sizes
        self.said = Said()
        self.reader = Reader()
        self.disclosures = Disclosures(source)
        self.tiles = Tiles(source, bounds.size) if bounds.is_whole else None
        self.tree = bounds.tree()
        self.roots = {bounds.start: self.tree.root()} if bounds.start else {}
        self.count = 0
        self.last = None  # Leaf hash of the line before.
        self.genesis = None  # The fields of entry 0.
        self.missing = []  # Commitments without disclosure.
        self.leaf = self.place = self.prev = self.beside = self.form = self.container = None

    def read(self, progress):
        try:
            for line in lines_of(self.source.stream('entries.jsonl')):
                if self.count < self.bounds.end - self.bounds.start:
                    self.add(line)
                self.count += 1
                progress(self.count)
        except Malformed as problem:
            self.container = 'entries.jsonl: %s' % problem
        self._finish()

    def _aside(self, reason):
        self.beside = self.beside or reason

    def add(self, line):
        place = self.bounds.start + self.count
        leaf = leaf_hash(line)
        tiles = self.tiles
        if tiles is not None:
            at = place & 255
            if at == 0:
                tiles.begin(place >> 8)
            if tiles.stored is not None and self.leaf is None and tiles.stored[32 * at : 32 * at + 32] != leaf:
                self.leaf = Fault('the bytes of entry %d are not those that were written' % place, place)
        parsed = self.reader.fields(line)
        inexact = self.reader.inexact
        fields = parsed[1] if parsed else {}
        self._check_place(place, fields)
        if self.form is None:
            problem = form_fault(line, parsed, inexact, self.origin)
            if problem is not None:
                self.form = Fault('the form of entry %d is wrong: %s' % (place, problem), place)
        if parsed is not None:
            self._check_values(place, parsed[0], fields)
            self.said.hear(place, fields)
        else:
            self._skip_values(place)
        self.last = leaf
        self.tree.push(leaf)
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()
        if tiles is not None:
            tiles.entries.append(line)
            tiles.add(0, leaf)
            for level, node in self.tree.at8:
                tiles.add(level, node)
            if at == 255:
                tiles.end_block(place >> 8)
        self.tree.at8.clear()

    def _check_place(self, place, fields):
        if place == 0:
            self.genesis = fields
        seq = integer_of(fields.get('seq'))
        if seq is not None and seq != place and self.place is None:
            self.place = Fault('entry %d says that it is entry %d' % (place, seq), place)
        prev = text_of(fields, 'prev')
        if prev is None or self.prev is not None:
            return
        if self.last is not None:
            if prev != self.last.hex():
                reason = 'entry %d does not follow from the bytes of entry %d' % (place, place - 1)
                self.prev = Fault(reason, place - 1)
        elif place == 0 and text_of(fields, 'log') is not None:
            log = ''.join('\ufffd' if '\ud800' <= c <= '\udfff' else c for c in fields['log'])
            if prev != sha256(log.encode('utf-8')).hexdigest():
                self.prev = Fault('entry 0 does not follow from the name of its log', 0)

    def _check_values(self, place, text, fields):
        commitments = commitments_in(text, fields)
        for found in self.disclosures.before(place + 1):
            sd = commitments.pop(found.ptr, None) if found.seq == place else None
            if sd is None:
                reason = 'there is a value for %s of entry %d, which commits to nothing there'
                self._aside(reason % (found.ptr, found.seq))
            else:
                self._check_value(found, sd)
        self.missing.extend((place, ptr) for ptr in commitments)

    def _check_value(self, found, sd):
        where = '%s of entry %d' % (found.ptr, found.seq)
        if found.artifact not in (None, sd) or not found.is_there(self.source):
            self._aside('the artifact behind %s is not there' % where)
            return
        hasher = sha256(b'quarterdeck-sd-v1\x00' + found.salt + found.ptr.encode('ascii') + b'\x00')
        for piece in found.pieces(self.source):
            hasher.update(piece)
        if hasher.hexdigest() != sd:
            self._aside('the value behind %s is not the one that was committed to' % where)

    def _skip_values(self, place):
        for found in self.disclosures.before(place + 1):
            if found.seq != place:
                self._aside('there is a disclosure for entry %d, which is not in the slice' % found.seq)

    def _finish(self):
        for found in self.disclosures.before(MAX_INTEGER + 1):
            self._aside('there is a disclosure for entry %d, which is not in the slice' % found.seq)
        for path in self.source.files:
            if path.startswith('artifacts/') and path[len('artifacts/') :] not in self.disclosures.artifacts:
                self._aside('%s belongs to no disclosure' % path)
        if self.count >= self.bounds.end - self.bounds.start:
            self.roots[self.bounds.end] = self.tree.root()
            if self.tiles is not None:
                reason = self.tiles.end()
                if reason is not None:
                    self._aside(reason)
            self.roots[self.bounds.size] = self.bounds.root(self.tree)
        if self.tiles is None:
            for path in self.source.files:
                if path.startswith('tile/'):
                    self._aside('%s is there, but the bundle is no whole log' % path)


# --- The derived files --------------------------------------------------------------------------------------

RULES = 'quarterdeck-report-v1'

KINDS = {
    'ledger.genesis': (['Ledger created for site {site} on host {host} by Quarterdeck {version}'], None),
    'ledger.seal': (['Ledger sealed: nothing happened since the entry before'], None),
    'ledger.recover': (['Ledger adopted at {path}, before at {from}'], None),
    'key.rotate': (['Signing key replaced'], None),
    'anchor.receipt': (['Checkpoint of {size} entries to {anchor} ({type})'], {'key': 'ok', 'yes': 'sent', 'no': 'not sent'}),
    'redact': (['Value {ptr} of entry {seq} erased'], {'word': 'erased'}),
    'retention.apply': (['Retention applied: {policy}'], {'word': 'erased'}),
    'hold.set': (['Hold {id} set'], None),
    'hold.lift': (['Hold {id} lifted'], None),
    'export': (['Export to {path} ({form}): {result}', 'Export to {path} ({form}) begins'], {'key': 'result'}),
    'custody.transfer': (['Custody of {what} handed from {from} to {to} by {how}'], None),
    'note': (['Note[ on what happened at {occurredAt}]'], None),
    'session.open': (['Session opened: {program} {version}'], None),
    'session.close': (['Session closed: {why}'], None),
    'site.load': (['Site {site} loaded from {path}'], None),
    'site.trust': (['Site {path} trusted'], None),
    'access.refused': (['Access refused: {what}, because {why}'], {'word': 'refused'}),
    'check.change': (['Check {check} of {service} is {state}[, was {from}]'], {'key': 'verdict'}),
    'check.intent': (['About to run: {check} of {service}, which changes something ({mutates})'], None),
    'check.outcome': (['Outcome of {check} of {service}: {kind}'], {'key': 'verdict'}),
    'check.attest': (['{check} of {service} attested until {until}[, as {role}]'], None),
    'slo.window': (['Service level counted'], None),
    'alert.open': (['Alert opened'], None),
    'alert.ack': (['Alert acknowledged'], None),
    'alert.silence': (['Alert silenced'], None),
    'alert.sent': (['Alert sent'], None),
    'alert.close': (['Alert closed'], None),
    'maintenance.set': (['Maintenance set'], None),
    'maintenance.end': (['Maintenance ended'], None),
    'monitor.start': (['Monitor started, {checks} checks'], None),
    'monitor.stop': (['Monitor stopped: {why}'], None),
    'monitor.gap': (['Nobody looked from {from} to {to}: {why}'], {'word': 'gap'}),
    'heal.intent': (['About to narrow {path} from {before} to {after} (check {check} of {service})'], None),
    'heal.outcome': (['{path} narrowed from {before} to {after} (check {check} of {service}): {message}'], {'key': 'verdict'}),
    'job.intent': (['Job {job} about to run for {slot}'], None),
    'job.outcome': (['Job {job} for {slot}: {outcome}'], {'key': 'outcome'}),
    'job.missed': (['Job {job} missed {slots} times until {until}: {why}'], None),
    'job.pause': (['Job {job} paused'], None),
    'job.resume': (['Job {job} resumed'], None),
    'run.start': (['Run of {procedureTitle} started on {service} ({environment})[ as {mode}]'], None),
    'run.pause': (['Run paused: {why}'], None),
    'run.resume': (['Run resumed: {why}'], None),
    'run.handover': (['Run handed over'], None),
    'run.finish': (['Run finished after {durationMs}'], {'key': 'result'}),
    'step.confirm': (['Answered {say} to {.step} after {delayMs} ({source})'], None),
    'step.intent': (['About to act: {.step} on {target} ({effect})'], None),
    'step.outcome': (['Outcome of {.step} after {durationMs}: {message}'], {'key': 'verdict'}),
    'step.limit': (['{.step} is over its limit of {limitMs}'], {'word': 'over limit'}),
    'step.decide': (['Decided on {.step} ({about}): {answer}[, {text}]'], None),
    'step.skip': (['{.step} skipped[: {when}]'], {'word': 'skipped'}),
    'step.unknown': (['Outcome of {.step} is unknown: {why}'], {'word': 'unknown'}),
    'step.value': (['{name} was given a value ({from})'], None),
    'guard.refused': (['Refused by the prohibition {prohibition}'], {'word': 'refused'}),
    'approve.request': (['Approval asked for'], None),
    'approve.grant': (['Approval given'], None),
    'approve.deny': (['Approval denied'], {'word': 'refused'}),
    'breakglass.open': (['Break-glass access opened[ until {until}]'], {'word': 'break-glass'}),
    'breakglass.use': (['{guard} let pass by break-glass'], {'word': 'break-glass'}),
    'breakglass.close': (['Break-glass access closed[: {why}]'], None),
    'drill.report': (['Drill reported'], None),
    'gate.result': (['Gate decided'], {'key': 'result'}),
    'shift.handover': (['Shift handed over'], None),
    'case.open': (['Case {case} opened'], None),
    'case.add': (['{file} added to case {case}'], None),
    'case.verify': (['{file} of case {case} checked with {tool}: {what}'], {'key': 'verified', 'yes': 'verified', 'no': 'not verified'}),
    'case.pack': (['Case {case} packed at {path}: {result}'], {'key': 'result'}),
}

TONES = {
    'good': ('✔', ['pass', 'passed', 'written', 'sent', 'verified']),
    'bad': ('✖', ['fail', 'failed', 'refused', 'not sent', 'not verified']),
    'warn': ('▲', ['warn', 'aborted', 'escalated', 'gap', 'over limit', 'break-glass']),
    'unknown': ('?', ['unknown', 'unverified']),
    'quiet': ('–', ['skipped', 'erased']),
}

STYLE = """
:root{color-scheme:light dark;--paper:#fcfcfa;--card:#fff;--ink:#1d2329;--soft:#5c6670;--line:#e0e2dd;--code:#f3f4f0;--link:#1f5673;--good:#1f6b3a;--bad:#a3261f;--warn:#8a5300;--unknown:#6b3fa0}
@media (prefers-color-scheme:dark){:root{--paper:#15181b;--card:#1b1f23;--ink:#dfe3e6;--soft:#98a2ab;--line:#30363b;--code:#22272c;--link:#86bfdc;--good:#7cc796;--bad:#f0958c;--warn:#e0b060;--unknown:#c4a5ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:62rem;margin:0 auto;padding:3rem 1.5rem 5rem}
h1{margin:0 0 1.25rem;font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
h2{margin:3.5rem 0 1rem;padding-bottom:.4rem;border-bottom:1px solid var(--line);font-size:1.3rem;font-weight:650}
h3{margin:2rem 0 .6rem;font-size:1rem;font-weight:650}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code,pre,.n,time{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;font-variant-ligatures:none}
code,b,dd,td,pre{overflow-wrap:anywhere;unicode-bidi:isolate}
b{font-weight:600}
nav{margin:1.5rem 0 0;color:var(--soft)}
nav a{margin-right:1.25rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1.25rem;margin:0}
dt{color:var(--soft)}
dd{margin:0}
.caution{margin:1.75rem 0 0;padding:.9rem 1.2rem;border-left:3px solid var(--warn);background:var(--card);font-size:.93rem}
.caution p{margin:.35rem 0}
.run{margin:0 0 1rem;padding:1rem 1.25rem 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:8px}
.run h3{margin:0 0 .6rem}
.run dl{grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr)}
.day{position:sticky;top:0;z-index:1;margin:2rem 0 0;padding:.45rem 0;background:var(--paper);border-bottom:1px solid var(--line)}
.e{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:0 1.25rem;padding:.8rem 0;border-bottom:1px solid var(--line);scroll-margin-top:3rem}
.e:target{background:var(--code)}
.w{color:var(--soft)}
.n,.w time{display:block}
.s{margin:0}
.o{margin:.1rem 0 0;color:var(--soft);font-size:.87rem}
.m{display:inline-block;margin-right:.35rem;padding:0 .5em;border:1px solid;border-radius:4px;font-size:.8rem;font-weight:650;line-height:1.5;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.unknown{color:var(--unknown)}.quiet{color:var(--soft)}
.e{color:var(--ink)}
.e.bad{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--bad)}
.e.unknown{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--unknown)}
.e.warn{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--warn)}
.e dl{grid-template-columns:8.5rem minmax(0,1fr);margin:.5rem 0 0;font-size:.93rem}
.f{margin:.45rem 0 0;color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
.f span{margin-right:1rem}
.x{color:var(--soft);font-style:italic}
details{margin:0}
summary{cursor:pointer;color:var(--soft)}
pre{margin:.35rem 0;padding:.65rem .9rem;background:var(--code);border-radius:6px;white-space:pre-wrap;line-height:1.45;tab-size:4}
.left{margin:.2rem 0;color:var(--soft);font-style:italic}
.totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 2.5rem}
table{width:100%;border-collapse:collapse;font-size:.93rem}
td{padding:.25rem 0;border-bottom:1px solid var(--line)}
td+td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-left:1rem}
@media (max-width:40rem){.e{grid-template-columns:1fr}.n,.w time{display:inline;margin-right:.6rem}dl,.run dl,.e dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.4rem}}
@media screen{.e{content-visibility:auto;contain-intrinsic-size:auto 7rem}}
@media print{
:root{color-scheme:light;font-size:9.5pt;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--code:#f4f4f2;--link:#000;--good:#14532d;--bad:#8f1d16;--warn:#6d4200;--unknown:#52307d}
@page{margin:16mm 14mm}
main{max-width:none;padding:0}
nav{display:none}
.day{position:static}
h2,h3,summary,.s,.o,dt{break-after:avoid}
.run,.s,.caution{break-inside:avoid}
details::details-content{display:block;content-visibility:visible;block-size:auto}
pre{border:1px solid var(--line)}
}
"""
STYLE_HASH = 'SPH+pCMk/SloQ8TNMlk2aekSv92NOBXogtGNkAXkoDU='

CAUTION = (
    'This page was derived from the entries of the bundle in which it lies, for people to read. By itself it proves nothing.',
    'Before you rely on it, verify the bundle: run verify.py, open verify.html or run `quarterdeck evidence verify`, each from a copy, and with a verifier key, that you obtained elsewhere. A verifier derives this page again and compares it byte for byte. Then compare size and root above with a checkpoint that was kept elsewhere.',
    'Times are as the clock of the host said, in UTC; the order is that of the entry numbers. Characters that cannot be seen are shown as \\u{hex}, changes of colour as \\e. Long outputs are shortened here; the bundle holds them whole, in disclosures.jsonl and artifacts.',
)
MOST_ENTRIES = 20000
NO_TIMELINE = 'The slice has more than 20000 entries, so this page holds no timeline. population.csv and timeline.csv hold every entry.'
NO_RUNS = 'No entry of this slice belongs to a run.'
BARE = 'Details left out, the page is full: see entries.jsonl.'

MISSING = object()
PLAIN = re.compile('[\x20-\x7e]*')
COLOUR = re.compile('\x1b\\[[0-9;:]*m')
UNSEEN = re.compile(
    '[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e'
    '\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff'
    '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff'
    + ''.join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000))
    + ']'
)


def plain_text(text):
    """One line: what cannot be seen as \\u{hex}, a change of colour as \\e."""
    if PLAIN.fullmatch(text):
        return text
    return UNSEEN.sub(lambda found: '\\u{%x}' % ord(found.group()), COLOUR.sub('\\\\e', text))


def plain_line(text):
    return '\t'.join(map(plain_text, text.split('\t')))


def inline(text, most=200):
    """(text, whether it was cut): at most so many code points on one line."""
    if text == '':
        return '(empty)', False
    cut = len(text) > most
    return plain_text(text[:most]) + ('\u2026' if cut else ''), cut


def duration(ms):
    if ms < 1000:
        return '%d ms' % ms
    s = ms // 1000
    if s < 60:
        return '%d.%03d s' % (s, ms % 1000)
    if s < 3600:
        return '%d min %d s' % (s // 60, s % 60)
    return '%d h %d min %d s' % (s // 3600, s // 60 % 60, s % 60)


def count(n, one, many=None):
    return '%d %s' % (n, one if n == 1 else many or one + 's')


def member(value, key):
    return value.get(key, MISSING) if isinstance(value, dict) else MISSING


def text_in(value, key):
    found = member(value, key)
    return found if isinstance(found, str) else None


def number_in(value, key):
    found = member(value, key)
    return found if is_integer(found) else None


def pointer_to(ptr, key):
    return '%s/%s' % (ptr, str(key).replace('~', '~0').replace('/', '~1'))


def ordered_commitments(value, ptr):
    """(pointer, object) of every commitment: an object before its members, those by name, items in their order."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from ordered_commitments(item, pointer_to(ptr, index))
    elif isinstance(value, dict):
        if is_hash(value.get('sd')):
            yield ptr, value
        for key in sorted(value):
            yield from ordered_commitments(value[key], pointer_to(ptr, key))


# Sentences: parts are (whether it is a value, text).


def scalar(key, value, most=200):
    """(text, whether it was cut) of a value that can stand in a sentence; else None."""
    if isinstance(value, str):
        return inline(value, most)
    if is_integer(value):
        return (duration(value) if key.endswith('Ms') and value >= 0 else str(value)), False
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value], False
    return None


def filled(template, entry):
    parts, said = [], set()
    for index, piece in enumerate(re.split('[{}]', template)):
        if index % 2 == 0:
            if piece:
                parts.append((False, piece))
            continue
        value = member(entry, piece[1:]) if piece.startswith('.') else member(member(entry, 'body'), piece)
        found = scalar(piece, value)
        if found is None:
            return None
        parts.append((True, found[0]))
        if not found[1]:
            said.add(piece)
    return parts, said


def generic_sentence(entry):
    parts, said = [(True, inline(text_in(entry, 'kind') or '')[0])], set()
    body = member(entry, 'body')
    named = 0
    for key in sorted(body) if isinstance(body, dict) else ():
        found = scalar(key, body[key], 60)
        if found is None or named >= 8:
            continue
        parts.append((False, ': ' if named == 0 else ' '))
        parts.append((True, '%s=%s' % (inline(key, 60)[0], found[0])))
        if not found[1]:
            said.add(key)
        named += 1
    return parts, said


def sentence_of(entry):
    for template in KINDS.get(text_in(entry, 'kind') or '', ((), None))[0]:
        before, _, rest = template.partition('[')
        optional, _, after = rest.partition(']')
        found = filled(before + optional + after, entry) or filled(before + after, entry)
        if found is not None:
            return found
    return generic_sentence(entry)


MARKS = {word: (tone, glyph, word) for tone, (glyph, words) in TONES.items() for word in words}


def mark_of(entry):
    """((tone, glyph, word), the member that it shows); None for no mark."""
    rule = KINDS.get(text_in(entry, 'kind') or '', ((), None))[1]
    if rule is None:
        return None
    word = rule.get('word')
    if 'key' in rule:
        value = member(member(entry, 'body'), rule['key'])
        if 'yes' in rule:
            word = rule['yes'] if value is True else rule['no'] if value is False else None
        else:
            word = value if isinstance(value, str) else None
    found = MARKS.get(word)
    return None if found is None else (found, rule.get('key'))


# Details. A look is a line, or a Block.


class Block:
    def __init__(self, lines, head):
        """Lines as text or as UTF-8: the first 200 and the last 50 when there are more."""
        self.head = head
        self.left = max(0, len(lines) - 250)
        self.first = [self._line(line) for line in (lines[:200] if self.left else lines)]
        self.last = [self._line(line) for line in lines[-50:]] if self.left else []

    @staticmethod
    def _line(raw):
        text = raw.decode('utf-8') if isinstance(raw, bytes) else raw
        text = text[:-1] if text.endswith('\r') else text
        if len(text) <= 1000:
            return plain_line(text)
        return '%s\u2026 (%s)' % (plain_line(text[:1000]), count(len(text) - 1000, 'more character'))


def look_of_text(text):
    if '\n' not in text and len(text) <= 120:
        return inline(text)[0]
    lines = (text[:-1] if text.endswith('\n') else text).split('\n')
    return Block(lines, '%s, %s' % (count(len(lines), 'line'), count(len(text), 'character')))


def look_of_bytes(data, cut):
    if data == b'':
        return '(empty)' + cut
    text = None if b'\0' in data else utf8_of(data)
    if text is None:
        return 'binary, %s, first 64 as hex: %s%s' % (count(len(data), 'byte'), data[:64].hex(), cut)
    lines = (data[:-1] if data.endswith(b'\n') else data).split(b'\n')
    if cut == '' and len(lines) == 1 and len(data) <= 480:
        text = text[:-1] if text.endswith('\n') else text
        if len(text) <= 120:
            return inline(text)[0]
    return Block(lines, '%s, %s%s' % (count(len(lines), 'line'), count(len(data), 'byte'), cut))


BARE_WORD = re.compile('[A-Za-z0-9_@%+=:,./-]+')
LIST_WORD = re.compile('[A-Za-z0-9_@%+=:./-]+')


def look_of_command(argv):
    words = (word if BARE_WORD.fullmatch(word) else "'%s'" % word.replace("'", "'\\''") for word in argv)
    text = ' '.join(words)
    return look_of_text(text) if '\n' in text or len(text) > 400 else plain_text(text)


def look_of(key, value):
    if isinstance(value, str):
        return look_of_text(value)
    found = scalar(key, value)
    if found is not None:
        return found[0]
    if isinstance(value, dict):
        return look_of_text(ENCODE(value))
    if not value:
        return '(none)'
    texts = [item if isinstance(item, str) else ENCODE(item) for item in value]
    if key == 'argv' and all(isinstance(item, str) for item in value):
        return look_of_command(texts)
    joined = ', '.join(texts)
    if key != 'shown' and all(map(LIST_WORD.fullmatch, texts)) and len(joined) <= 120:
        return joined
    if len(texts) == 1:
        return look_of_text(texts[0])
    return Block([line for text in texts for line in text.split('\n')], count(len(texts), 'item'))


class Erased:
    """In the place of a value: the entry that says it was erased."""

    def __init__(self, by):
        self.by = by


FIRST = 'title argv request shown text message why reason note output results survivors'.split()
LABELS = {
    'argv': 'command',
    'delayMs': 'answered after',
    'say': 'answer',
    'shown': 'shown to the operator',
    'vars': 'variables',
}


def label_of(key):
    if key in LABELS:
        return LABELS[key]
    words = key[:-2] if key.endswith('Ms') else key
    return inline(re.sub('[A-Z]', lambda big: ' ' + big.group().lower(), words), 60)[0]


class Detail:
    def __init__(self, key, label, look, minor=False, entry=None, erased=False):
        self.label, self.look, self.minor, self.entry, self.erased = label, look, minor, entry, erased
        long = isinstance(look, Block) and (look.left > 0 or len(look.first) > 12)
        self.folded = isinstance(look, Block) and (key in ('output', 'source', 'siteSource') or long)


def committed(key, label, ptr, fields, values):
    value = values.get(ptr)
    if value is None:
        return Detail(key, label, 'not in this bundle')
    if isinstance(value, Erased):
        return Detail(key, label, 'erased (see entry %d)' % value.by, entry=value.by, erased=True)
    size, kept, cut = number_in(fields, 'size'), number_in(fields, 'kept'), ''
    if size is not None and kept is not None and kept < size:
        cut = ', cut: %d of %s were kept' % (kept, count(size, 'byte'))
    return Detail(key, label, look_of_bytes(value, cut))


def details_of(entry, values, said):
    body = member(entry, 'body')
    details = []
    keys = sorted(body) if isinstance(body, dict) else []
    for key in [key for key in FIRST if key in keys] + [key for key in keys if key not in FIRST]:
        value = body[key]
        if key in said:
            continue
        if isinstance(value, dict) and is_hash(value.get('sd')):
            details.append(committed(key, label_of(key), pointer_to('/body', key), value, values))
            continue
        look = look_of(key, value)
        minor = isinstance(look, str) and key not in FIRST
        points = value if key in ('confirm', 'of') and is_integer(value) else None
        details.append(Detail(key, label_of(key), look, minor, points))
    for ptr, fields in ordered_commitments(body, '/body'):
        if ptr.count('/') != 2:
            details.append(committed('', inline(ptr, 120)[0], ptr, fields, values))
    actor = member(entry, 'actor')
    for label, value in (
        ('step', member(entry, 'step')),
        ('of', member(entry, 'of')),
        ('fence', member(entry, 'fence')),
        ('session', member(entry, 'session')),
        ('actor from', member(actor, 'from')),
        ('actor key', member(actor, 'key')),
    ):
        found = scalar(label, value)
        if found is not None and '.' + label not in said:
            details.append(Detail('', label, found[0], True, value if label == 'of' and is_integer(value) else None))
    return details


# Totals.


class Tally:
    def __init__(self):
        self.counts = {}

    def add(self, name):
        if name not in self.counts and len(self.counts) >= 1000:
            name = '(others)'
        self.counts[name] = self.counts.get(name, 0) + 1


class RunTotal:
    def __init__(self, number, run, seq):
        self.number, self.id, self.first, self.last = number, inline(run)[0], seq, seq
        self.facts = {}
        self.started = self.finished = self.result = self.took = None
        self.operators, self.more_operators = [], False
        self.entries = self.actions = self.refused = self.unknown = 0

    def starts(self, entry):
        body = member(entry, 'body')
        self.started = text_in(entry, 'ts') or ''
        for label, key in (
            ('Runbook', 'title'),
            ('Procedure', 'procedureTitle'),
            ('Service', 'service'),
            ('Environment', 'environment'),
        ):
            text = text_in(body, key)
            if text is not None:
                self.facts[label] = inline(text)[0]

    def lines(self):
        """(label, value, mark, entries) of the page."""
        if self.result is None:
            yield 'Result', 'not finished in this slice', None, None
        else:
            yield 'Result', self.result, MARKS.get(self.result), None
        for label in ('Runbook', 'Procedure', 'Service', 'Environment'):
            if label in self.facts:
                yield label, self.facts[label], None, None
        yield 'Operators', ', '.join(self.operators) + (' and more' if self.more_operators else ''), None, None
        yield 'Started', 'before this slice' if self.started is None else self.started, None, None
        if self.finished is not None:
            yield 'Finished', self.finished, None, None
        if self.took is not None and self.took >= 0:
            yield 'Took', duration(self.took), None, None
        said = [count(self.entries, 'entry', 'entries'), count(self.actions, 'action')]
        if self.refused:
            said.append('%d refused' % self.refused)
        if self.unknown:
            said.append(count(self.unknown, 'unknown outcome'))
        yield 'Entries', ', '.join(said), None, sorted({self.first, self.last})


class Totals:
    def __init__(self):
        self.kinds, self.operators, self.results = Tally(), Tally(), Tally()
        self.runs = {}
        self.unlisted = self.shown = self.erased = self.refused = self.unknown = 0

    def add(self, entry, seq, word):
        """Counts an entry; its run, when it has one that is listed."""
        kind = text_in(entry, 'kind') or ''
        self.kinds.add(inline(kind)[0])
        operator = text_in(member(entry, 'actor'), 'operator')
        operator = '' if operator is None else inline(operator)[0]
        self.operators.add(operator)
        self.refused += word == 'refused'
        self.unknown += kind == 'step.unknown'
        run = self._run(text_in(entry, 'run'), seq)
        if run is None:
            return None
        run.entries += 1
        run.last = seq
        if operator not in run.operators:
            if len(run.operators) < 20:
                run.operators.append(operator)
            else:
                run.more_operators = True
        run.refused += word == 'refused'
        run.unknown += kind == 'step.unknown'
        run.actions += kind == 'step.intent'
        if kind == 'run.start':
            run.starts(entry)
        if kind == 'run.finish':
            body = member(entry, 'body')
            result = text_in(body, 'result')
            run.result = '(empty)' if result is None else inline(result)[0]
            run.finished = text_in(entry, 'ts') or ''
            took = number_in(body, 'durationMs')
            run.took = run.took if took is None else took
            self.results.add(run.result)
        return run

    def _run(self, run, seq):
        if run is None:
            return None
        if run not in self.runs:
            if len(self.runs) >= 10000:
                self.unlisted += 1
                return None
            self.runs[run] = RunTotal(len(self.runs) + 1, run, seq)
        return self.runs[run]

    def tables(self):
        results = list(self.results.counts.items())
        unfinished = sum(1 for run in self.runs.values() if run.result is None)
        if unfinished:
            results.append(('not finished in this slice', unfinished))
        seen = [
            ('values shown', self.shown),
            ('values erased', self.erased),
            ('refusals', self.refused),
            ('unknown outcomes', self.unknown),
        ]
        if self.unlisted:
            seen.append(('entries of runs that are not listed', self.unlisted))
        return (
            ('Entries by kind', self.kinds.counts.items()),
            ('Entries by operator', self.operators.counts.items()),
            ('Runs by result', results),
            ('Values and marks', seen),
        )


class View:
    """What both pages show of an entry."""

    def __init__(self, seq, entry, run, mark, sentence, bare):
        actor = member(entry, 'actor')
        ts = text_in(entry, 'ts') or ''
        self.seq, self.day, self.time, self.run, self.mark, self.bare = seq, ts[:10], ts[11:], run, mark, bare
        self.operator = inline(text_in(actor, 'operator') or '')[0]
        self.via = inline(text_in(actor, 'via') or '')[0]
        self.parts = sentence[0]
        self.details = []


# report.md: whatever comes from the log stands in code spans and fences.


def longest_ticks(texts):
    return max((len(run) for text in texts for run in re.findall('`+', text)), default=0)


def code(text):
    ticks = '`' * (longest_ticks([text]) + 1)
    pad = ' ' if text[:1] in ('`', ' ') or text[-1:] in ('`', ' ') else ''
    return ticks + pad + text + pad + ticks


def fenced(lines):
    ticks = '`' * max(3, longest_ticks(lines) + 1)
    return ''.join('  %s\n' % line for line in [ticks + 'text'] + lines + [ticks])


LABEL = re.compile('[A-Za-z0-9 ]+')


class Markdown:
    def __init__(self):
        self.timeline = []
        self.length = 0

    @staticmethod
    def _mark(mark):
        return '%s **%s**' % mark[1:]

    def _fact(self, label, value, mark=None, entries=None):
        at = '' if entries is None else ' (%s)' % ' to '.join('#%d' % seq for seq in entries)
        return '- %s: %s%s\n' % (label, code(value) if mark is None else self._mark(mark), at)

    @staticmethod
    def _label(label):
        return label if LABEL.fullmatch(label) else code(label)

    def _detail(self, detail):
        label, look = self._label(detail.label), detail.look
        if isinstance(look, str):
            return '- %s: %s\n' % (label, code(look))
        left = '\n  (%s left out)\n\n%s' % (count(look.left, 'line'), fenced(look.last)) if look.left else ''
        return '- %s (%s):\n\n%s%s\n' % (label, look.head, fenced(look.first), left)

    def day(self, day):
        self.timeline.append('### %s\n\n' % day)

    def entry(self, view):
        text = self._entry(view)
        self.length += len(text)
        self.timeline.append(text)

    def _entry(self, view):
        run = '' if view.run is None else ' \u00b7 run %d' % view.run.number
        lead = '' if view.mark is None else self._mark(view.mark) + ' \u00b7 '
        said = ''.join(code(text) if is_value else text for is_value, text in view.parts)
        who = '%s via %s%s' % (code(view.operator), code(view.via), run)
        title = '**#%d** %s \u00b7 %s\n\n%s%s\n\n' % (view.seq, view.time, who, lead, said)
        if view.bare:
            return '%s- %s\n\n' % (title, BARE)
        main = ''.join(self._detail(detail) for detail in view.details if not detail.minor)
        small = ['%s %s' % (self._label(detail.label), code(detail.look)) for detail in view.details if detail.minor]
        rest = '- %s\n' % ' \u00b7 '.join(small) if small else ''
        return '%s%s%s\n' % (title, main, rest) if main or rest else title

    def pieces(self, facts, totals, has_timeline):
        yield '# Ledger report\n\n'
        for label, value, _ in facts:
            yield self._fact(label, value)
        yield '\n'
        for text in CAUTION:
            yield text + '\n\n'
        yield '## Runs\n\n' + ('' if totals.runs else NO_RUNS + '\n\n')
        for run in totals.runs.values():
            yield '### Run %d: %s\n\n' % (run.number, code(run.id))
            for fact in run.lines():
                yield self._fact(*fact)
            yield '\n'
        yield '## Timeline\n\n' + ('' if has_timeline else NO_TIMELINE + '\n\n')
        yield from self.timeline
        yield '## Totals\n\n'
        for index, (heading, rows) in enumerate(totals.tables()):
            yield '%s### %s\n\n' % ('\n' if index else '', heading)
            yield ''.join('- %s: %d\n' % (code(name), number) for name, number in rows) or '- none\n'


# report.html: whatever comes from the log is escaped, and stands in text only.

ENTITIES = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}
FIXED_WIDTH = ('command', 'output', 'request')


def esc(text):
    return re.sub('[&<>"\']', lambda found: ENTITIES[found.group()], text)


class Html:
    def __init__(self, bounds):
        self.bounds = bounds
        self.has_timeline = bounds.end - bounds.start <= MOST_ENTRIES
        self.timeline = []

    def _link(self, seq, text):
        there = self.has_timeline and self.bounds.start <= seq < self.bounds.end
        return '<a href="#e%d">%s</a>' % (seq, text) if there else text

    @staticmethod
    def _mark(mark):
        return '<span class="m %s">%s %s</span>' % mark

    def _fact(self, label, value, mark=None, entries=None, is_code=False):
        text = '<code>%s</code>' % esc(value) if is_code else esc(value)
        if mark is not None:
            text = self._mark(mark)
        at = '' if entries is None else ' (%s)' % ' to '.join(self._link(seq, '#%d' % seq) for seq in entries)
        return '<dt>%s</dt><dd>%s%s</dd>\n' % (esc(label), text, at)

    @staticmethod
    def _pre(lines):
        return '<pre>%s</pre>' % ''.join(esc(line) + '\n' for line in lines)

    def _look(self, detail):
        look = detail.look
        if isinstance(look, str):
            text = '<code>%s</code>' % esc(look) if detail.label in FIXED_WIDTH else esc(look)
            text = text if detail.entry is None else self._link(detail.entry, text)
            return '<span class="x">%s</span>' % text if detail.erased else text
        text = self._pre(look.first)
        if look.left:
            text += '<p class="left">(%s left out)</p>%s' % (count(look.left, 'line'), self._pre(look.last))
        is_open = '' if detail.folded else ' open'
        return '<details%s><summary>%s</summary>%s</details>' % (is_open, esc(look.head), text)

    def _chip(self, detail):
        text = '<code>%s</code>' % esc(detail.look)
        return '<span>%s %s</span>' % (
            esc(detail.label),
            text if detail.entry is None else self._link(detail.entry, text),
        )

    def day(self, day):
        self.timeline.append('<h3 class="day">%s</h3>\n' % esc(day))

    def entry(self, view):
        seq, add = view.seq, self.timeline.append
        add('<article class="e%s" id="e%d">\n' % ('' if view.mark is None else ' ' + view.mark[0], seq))
        add('<div class="w"><a class="n" href="#e%d">#%d</a><time>%s</time></div>\n' % (seq, seq, esc(view.time)))
        mark = '' if view.mark is None else self._mark(view.mark)
        said = ''.join('<b>%s</b>' % esc(text) if is_value else esc(text) for is_value, text in view.parts)
        add('<div>\n<p class="s">%s%s</p>\n' % (mark, said))
        run = '' if view.run is None else ' \u00b7 <a href="#r%d">run %d</a>' % (view.run.number, view.run.number)
        add('<p class="o"><b>%s</b> via %s%s</p>\n' % (esc(view.operator), esc(view.via), run))
        if view.bare:
            add('<p class="x">%s</p>\n' % BARE)
        else:
            main = [detail for detail in view.details if not detail.minor]
            small = [detail for detail in view.details if detail.minor]
            if main:
                lines = ('<dt>%s</dt><dd>%s</dd>\n' % (esc(each.label), self._look(each)) for each in main)
                add('<dl>\n%s</dl>\n' % ''.join(lines))
            if small:
                add('<p class="f">%s</p>\n' % ' '.join(map(self._chip, small)))
        add('</div>\n</article>\n')

    def pieces(self, facts, totals, has_timeline):
        yield HTML_HEAD % (STYLE_HASH, STYLE)
        for label, value, is_code in facts:
            yield self._fact(label, value, is_code=is_code)
        yield '</dl>\n<div class="caution">\n'
        for text in CAUTION:
            yield '<p>%s</p>\n' % re.sub('`([^`]*)`', '<code>\\1</code>', esc(text))
        yield '</div>\n<nav><a href="#runs">Runs</a><a href="#timeline">Timeline</a><a href="#totals">Totals</a></nav>\n'
        yield '<h2 id="runs">Runs</h2>\n' + ('' if totals.runs else '<p>%s</p>\n' % NO_RUNS)
        for run in totals.runs.values():
            yield '<section class="run" id="r%d">\n' % run.number
            yield '<h3>Run %d: <code>%s</code></h3>\n<dl>\n' % (run.number, esc(run.id))
            for fact in run.lines():
                yield self._fact(*fact)
            yield '</dl>\n</section>\n'
        yield '<h2 id="timeline">Timeline</h2>\n' + ('' if has_timeline else '<p>%s</p>\n' % NO_TIMELINE)
        yield from self.timeline
        yield '<h2 id="totals">Totals</h2>\n<div class="totals">\n'
        for heading, rows in totals.tables():
            lines = ''.join('<tr><td>%s</td><td>%d</td></tr>\n' % (esc(name), number) for name, number in rows)
            table = '<table>\n%s</table>\n' % lines if lines else '<p>none</p>\n'
            yield '<section>\n<h3>%s</h3>\n%s</section>\n' % (heading, table)
        yield '</div>\n</main>\n</body>\n</html>\n'


HTML_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Ledger report</title>
<style>%s</style>
</head>
<body>
<main>
<h1>Ledger report</h1>
<dl>
"""


# population.csv and timeline.csv.

FORMULA = re.compile('[=+\\-@\uff1d\uff0b\uff0d\uff20]')


def cell(value):
    if value is None:
        return ''
    if not isinstance(value, str):
        return str(value)
    text = plain_text(value)
    if FORMULA.match(text):
        text = "'" + text
    return '"%s"' % text.replace('"', '""') if '"' in text or ',' in text else text


def row(cells):
    return ','.join(map(cell, cells)) + '\n'


class Compared:
    """A derived file, compared with what is written for it, in pieces."""

    def __init__(self, source, path):
        self.path = path
        self._pieces = source.stream(path) if path in source.files else iter(())
        self._have = b''
        self.differs = path not in source.files

    def write(self, text):
        data = text.encode('utf-8')
        while not self.differs and data:
            if not self._have:
                self._have = next(self._pieces, b'')
            length = min(len(data), len(self._have))
            self.differs = length == 0 or data[:length] != self._have[:length]
            data, self._have = data[length:], self._have[length:]

    def end(self):
        self.differs = self.differs or self._have != b'' or next(self._pieces, b'') != b''


class Derived:
    """Writes the derived files again, entry by entry, and compares them with those of the bundle."""

    def __init__(self, source, bounds, origin, root):
        self.bounds, self.origin, self.root = bounds, origin, root
        self.totals = Totals()
        self.markdown, self.html = Markdown(), Html(bounds)
        self.has_timeline = self.html.has_timeline
        self.first = self.last = None
        self.day = ''
        paths = 'population.csv', 'timeline.csv', 'report.md', 'report.html'
        self.files = self.population, self.timeline, self.md, self.web = [Compared(source, path) for path in paths]
        self.population.write('seq,ts,kind,operator,via,uid,user,session,run,step,of,fence,leaf,bytes\n')
        self.timeline.write('seq,ts,operator,kind,what,run,step,service,verdict,values\n')

    def add(self, seq, leaf, line, entry, values):
        mark, says = mark_of(entry) or (None, None)
        word = None if mark is None else mark[2]
        sentence = sentence_of(entry)
        run = self.totals.add(entry, seq, word)
        ts, kind, actor = text_in(entry, 'ts'), text_in(entry, 'kind'), member(entry, 'actor')
        operator, step, run_id = text_in(actor, 'operator'), text_in(entry, 'step'), text_in(entry, 'run')
        self.first = self.first or ts
        self.last = ts
        cells = [seq, ts, kind, operator, text_in(actor, 'via'), number_in(actor, 'uid'), text_in(actor, 'user')]
        cells += [text_in(entry, 'session'), run_id, step, number_in(entry, 'of'), number_in(entry, 'fence')]
        self.population.write(row(cells + [leaf.hex(), len(line)]))
        erased = sum(1 for value in values.values() if isinstance(value, Erased))
        shown_values = sum(1 for value in values.values() if isinstance(value, bytes))
        self.totals.shown += shown_values
        self.totals.erased += erased
        said = ['shown %d' % shown_values] if shown_values else []
        said += ['erased %d' % erased] if erased else []
        service = text_in(member(entry, 'body'), 'service')
        if service is None and run is not None:
            service = run.facts.get('Service')
        what = ''.join(text for _, text in sentence[0])
        self.timeline.write(row([seq, ts, operator, kind, what, run_id, step, service, word, ' '.join(said)]))
        if self.has_timeline:
            view = View(seq, entry, run, mark, sentence, self.markdown.length >= 16 * 1024 * 1024)
            view.details = details_of(entry, values, sentence[1] | {says})
            for page in (self.markdown, self.html):
                if view.day != self.day:
                    page.day(view.day)
                page.entry(view)
            self.day = view.day

    def fault(self):
        """Which file is not what was derived; None when all are."""
        start, end, size = self.bounds.start, self.bounds.end, self.bounds.size
        whole = 'the whole log' if self.bounds.is_whole else 'a slice of the log'
        facts = (
            ('Log', inline(self.origin)[0], True),
            ('Entries', '%d to %d: %d of %d, %s' % (start, end - 1, end - start, size, whole), False),
            ('First entry', self.first, False),
            ('Last entry', self.last, False),
            ('Root of %d' % size, self.root.hex(), True),
            ('Rules', RULES, True),
        )
        for page, file in ((self.markdown, self.md), (self.html, self.web)):
            for piece in page.pieces(facts, self.totals, self.has_timeline):
                file.write(piece)
        for file in self.files:
            file.end()
        return next(('%s is not what the entries give' % file.path for file in self.files if file.differs), None)


# --- The verdict --------------------------------------------------------------------------------------------


class Bad(Exception):
    """The first rule that matches; `proof` are two notes that cannot both be true."""

    def __init__(self, verdict, reason, index=None, proof=None):
        super().__init__(reason)
        self.verdict, self.reason, self.index, self.proof = verdict, reason, index, proof


def read_as(name, kind, *args):
    """Reads a file's bytes as what they must be."""
    try:
        return kind(*args)
    except Malformed as problem:
        raise Bad('malformed', '%s cannot be read: %s' % (name, problem))


def check_names(source):
    if source.fault is not None:
        raise Bad('malformed', source.fault)
    if source.files.get('entries.jsonl', 0) == 0 and 'entries.jsonl' not in source.others:
        raise Bad('empty', 'there are no entries')
    for path in source.others:
        raise Bad('malformed', '%s is a link or a special file' % shown(path))
    for path in source.files:
        if BUNDLE_NAME.fullmatch(path) is None:
            raise Bad('malformed', '%s is no name of a file of a bundle' % shown(path))
    for path in ('checkpoint', 'ledger.vkey', 'range.json', 'manifest-sha256.txt', 'manifest.note'):
        if path not in source.files:
            raise Bad('malformed', 'the file %s is missing' % path)


class Verification:
    """Reads everything, then says which rule matches first."""

    def __init__(self, source, given, kept, progress):
        self.source, self.given, self.kept, self.progress = source, given, kept, progress
        self.keys, self.notes, self.context = [], [], []
        self.bounds = self.slice = self.root = None
        self.inside = 0  # Checkpoints that lie in the bundle.
        self.is_read = False  # The container is as specified, so that there is something to report on.

    def run(self):
        """The report, and two notes where they prove a fork."""
        bad = None
        try:
            check_names(self.source)
            self._read_files()
            self._read_entries()
            self.is_read = True
            self._check_signatures()
            self._check_forks()
            self._check_length()
            self._check_bytes()
            self._check_form()
            self._check_derived()
        except Bad as found:
            bad = found
        return self._report(bad), bad.proof if bad else None

    # Rule 2

    def _read_files(self):
        source = self.source
        self.keys = read_as('ledger.vkey', keys_of, source.read('ledger.vkey'))
        self.origin = self.keys[0].name
        self.bounds = read_as('range.json', Range, source.read('range.json'))
        self.notes = [read_as('checkpoint', Checkpoint, source.read('checkpoint'), 'checkpoint')]
        self.notes += [self._older(path) for path in source.files if path.startswith('checkpoints/')]
        self.notes.sort(key=lambda note: (note.where != 'checkpoint', note.size))
        self.inside = len(self.notes)
        self.manifest = read_as('manifest-sha256.txt', Manifest, source.read('manifest-sha256.txt'))
        self.manifest_note = read_as('manifest.note', Note, source.read('manifest.note'))
        origin, self.signed_digest = read_as('manifest.note', manifest_signed, self.manifest_note)
        for name, named in [(note.where, note.origin) for note in self.notes] + [('manifest.note', origin)]:
            if named != self.origin:
                raise Bad('malformed', '%s is of another log' % name)
        for name, raw in self.kept:
            self.notes.append(read_as(shown(name), Checkpoint, raw, shown(name)))
        read_as('context.jsonl', self._read_context)

    def _older(self, path):
        note = read_as(path, Checkpoint, self.source.read(path), path)
        if path != 'checkpoints/%d' % note.size:
            raise Bad('malformed', '%s is of size %d' % (path, note.size))
        return note

    def _read_context(self):
        if 'context.jsonl' not in self.source.files:
            return
        for line in lines_of(self.source.stream('context.jsonl')):
            found = Context(line, self.bounds)
            if self.context and found.seq <= self.context[-1].seq:
                raise Malformed('a line is out of order')
            self.context.append(found)
        if not self.context:
            raise Malformed('it is empty')

    def _read_entries(self):
        sizes = {note.size for note in self.notes}
        self.slice = Slice(self.source, self.bounds, self.origin, sizes)
        self.slice.read(self.progress)
        self.witnessed = self.slice.said.witnessed
        for found in self.context:
            self.slice.said.hear(found.seq, found.parsed[1])
        self.slice.said.rotations.sort(key=lambda rotation: rotation[0])
        self.root = self.slice.roots.get(self.bounds.size)
        if self.slice.container is not None:
            raise Bad('malformed', self.slice.container)
        if self.slice.disclosures.fault is not None:
            raise Bad('malformed', 'disclosures.jsonl cannot be read: %s' % self.slice.disclosures.fault)

    # Rule 3

    def _in_force(self, size):
        turns = sum(1 for seq, _ in self.slice.said.rotations if seq + 1 < size)
        return turns if turns < len(self.keys) else 0

    def _check_signatures(self):
        listed = [key.text for key in self.keys]
        own = self.given is None or self.given.text in listed
        if own:
            self._check_rotations()
        for note, name in [(note, note.where) for note in self.notes] + [(self.manifest_note, 'manifest.note')]:
            size = note.size if isinstance(note, Checkpoint) else self.bounds.size
            key = self.keys[self._in_force(size)] if own else self.given
            if isinstance(note, Checkpoint) and note.origin != self.origin:
                raise Bad('bad-signature', '%s is a checkpoint of another log' % name)
            if not note.is_signed(key, self.keys if own else ()):
                raise Bad('bad-signature', self._unsigned(name, size, key, own))
        if not own and self.given.name != self.origin:
            raise Bad('bad-signature', 'the given key is one of another log')
        if own and self.given is not None and self._in_force(self.bounds.size) < listed.index(self.given.text):
            reason = (
                'the given key is newer than what is here: '
                'an earlier key of the log signed it, so the key noted at that time is needed'
            )
            raise Bad('bad-signature', reason)
        self._check_genesis(self.keys[0] if own else self.given)

    def _unsigned(self, name, size, key, own):
        reason = '%s is not signed by the key %s' % (name, key.id)
        if not own:
            reason += (
                ', which ledger.vkey does not hold: if it came into force only after this was made, '
                'the key noted at that time is needed'
            )
        elif size > self.bounds.size:
            reason += '; it is newer than what is here, so a later key may have signed it'
        return reason

    def _check_rotations(self):
        rotations = self.slice.said.rotations
        if len(rotations) != len(self.keys) - 1:
            reason = 'ledger.vkey holds %d keys, but the entries introduce %d after the first'
            raise Bad('bad-signature', reason % (len(self.keys), len(rotations)))
        for (seq, body), before, key in zip(rotations, self.keys, self.keys[1:]):
            text = 'quarterdeck-key-rotation-v1\n%s\n%d\n%s\n' % (self.origin, seq, key.text)
            if body.get('vkey') != key.text or not self._is_handed_over(body.get('note'), text, before):
                raise Bad('bad-signature', 'entry %d does not introduce the key %s as it must' % (seq, key.id))

    @staticmethod
    def _is_handed_over(raw, text, key):
        try:
            note = Note(raw.encode('utf-8')) if isinstance(raw, str) else None
        except (Malformed, UnicodeEncodeError):
            return False
        return note is not None and note.text == text and note.is_signed(key)

    def _check_genesis(self, key):
        found = self.slice
        if found.genesis is not None:
            if any(fault is not None and fault.index == 0 for fault in (found.leaf, found.place, found.prev, found.form)):
                return
            fields = found.genesis
        elif self.context and self.context[0].seq == 0:
            fields = self.context[0].parsed[1]
            if self.context[0].root != self.root:
                return
        else:
            return
        body = fields.get('body')
        if not isinstance(body, dict) or body.get('vkey') != key.text:
            raise Bad('bad-signature', 'entry 0 names another key than %s' % key.id)

    # Rules 4 and 5

    def _agrees(self, note):
        return self.slice.roots.get(note.size) == note.root

    def _check_forks(self):
        by_size = {}
        for note in self.notes:
            other = by_size.setdefault(note.size, note)
            if other.root != note.root:
                self._forked(other, note)
        largest = max((note for note in self.notes if self._agrees(note)), key=lambda note: note.size, default=None)
        for note in self.notes:
            if largest is not None and note.size < largest.size and note.size in self.slice.roots:
                if not self._agrees(note):
                    self._forked(largest, note)

    @staticmethod
    def _forked(a, b):
        reason = 'two signed checkpoints contradict each other: size %d in %s and size %d in %s'
        raise Bad('forked', reason % (a.size, a.where, b.size, b.where), proof=(a.whole, b.whole))

    def _check_length(self):
        lines, expected = self.slice.count, self.bounds.end - self.bounds.start
        if lines < expected:
            raise Bad('truncated', 'there are %d entries, but range.json says %d' % (lines, expected))
        largest = max(self.notes, key=lambda note: note.size)
        if largest.size > self.bounds.size:
            reason = (
                'the checkpoint in %s covers %d entries, this bundle %d: '
                'either the log went on after the bundle was made, or its end was cut off'
            )
            raise Bad('truncated', reason % (largest.where, largest.size, self.bounds.size))

    # Rules 6 and 7

    def _check_bytes(self):
        found = self.slice
        for fault in [found.leaf] + sorted(filter(None, (found.place, found.prev)), key=lambda fault: fault.index):
            if fault is not None:
                raise Bad('modified', fault.reason, fault.index)
        reason = self._aside()
        if reason is not None:
            raise Bad('modified', reason)

    def _aside(self):
        found, bounds = self.slice, self.bounds
        if found.count > bounds.end - bounds.start:
            return 'there are %d entries, but range.json says %d' % (found.count, bounds.end - bounds.start)
        for note in self.notes:
            if note.size in found.roots and not self._agrees(note):
                reason = 'the entries do not have the root that the checkpoint of size %d in %s signs'
                return reason % (note.size, note.where)
        if self.notes[0].size != bounds.size:
            return 'the checkpoint is of size %d, but range.json says %d' % (self.notes[0].size, bounds.size)
        if found.beside is not None:
            return found.beside
        for seq, ptr in found.missing:
            if (seq, ptr) not in found.said.erased:
                return 'the value behind %s of entry %d is missing, and no entry says that it was erased' % (shown(ptr), seq)
        for line in self.context:
            if line.root != self.root:
                return 'context.jsonl: entry %d is not the one of this log' % line.seq
        if self.signed_digest != self.manifest.digest:
            return 'manifest.note signs another manifest'
        return self.manifest.fault(self.source)

    def _check_form(self):
        if self.slice.form is not None:
            raise Bad('malformed', self.slice.form.reason, self.slice.form.index)

    def _check_derived(self):
        derived = Derived(self.source, self.bounds, self.origin, self.root)
        disclosures, reader, erased = Disclosures(self.source), Reader(), self.slice.said.erased
        for seq, line in enumerate(lines_of(self.source.stream('entries.jsonl')), self.bounds.start):
            parsed = reader.fields(line)
            if parsed is None:
                raise Unreadable('entries.jsonl was changed while it was read')
            places = ((seq, ptr) for ptr in commitments_in(*parsed))
            values = {place[1]: Erased(erased[place]) for place in places if place in erased}
            for found in disclosures.before(seq + 1):
                values[found.ptr] = b''.join(found.pieces(self.source))
            derived.add(seq, leaf_hash(line), line, parsed[1], values)
            self.progress(seq - self.bounds.start)
        reason = derived.fault()
        if reason is not None:
            raise Bad('modified', reason)

    # The report

    def _report(self, bad):
        found = self.slice if self.is_read else None
        missing = found.missing if found else ()
        agreeing = [note.size for note in self.notes if found and self._agrees(note)]
        key = self.given or (self._key_in_force() if found else None)
        return {
            'verified': bad is None,
            'verdict': bad.verdict if bad else 'intact',
            'failure_index': bad.index if bad else None,
            'failure_reason': bad.reason if bad else None,
            'entries': found.count if found else 0,
            'checkpointed': max(agreeing, default=0),
            'witnessed': self.witnessed if found else None,
            'redacted': sum(1 for place in missing if place in found.said.erased),
            'head': {
                'size': self.bounds.size if found else 0,
                'root': self.root.hex() if found and self.root else '',
            },
            'checkpoints': self.inside if found else 0,
            'key': {'id': key.id if key else '', 'source': 'bundle' if self.given is None else 'given'},
            'not_proved': self._not_proved(found),
        }

    def _key_in_force(self):
        return self.keys[self._in_force(self.bounds.size)]

    def _not_proved(self, found):
        told = []
        if self.given is None:
            told.append(
                'who signed: the key was read from the bundle that it vouches for (give one from elsewhere with --vkey)'
            )
        if not self.kept:
            told.append(
                'what the log says after this bundle, or whether it was cut since: '
                'compare its head with a newer bundle'
            )
        for note in self.notes if found else ():
            if 0 < note.size <= self.bounds.size and note.size not in found.roots:
                reason = 'whether the checkpoint of size %d in %s is of this log: that takes the entries around it'
                told.append(reason % (note.size, note.where))
        return told + [
            'what README.txt, verify.py and verify.html in the bundle say: they are not derived from the entries',
            'that everything that happened was written: an act can be kept from the log before it is recorded',
            'that the wall clock was right',
            'acts outside the console',
            'anything against a process of the same account, which could write a new log and sign it',
        ]


def verify(source, given=None, kept=(), progress=lambda done: None):
    """The report of a source with a given key and checkpoints as (name, bytes), and the proof of a fork or None."""
    return Verification(source, given, list(kept), progress).run()


# --- The command --------------------------------------------------------------------------------------------

USAGE = 'usage: verify.py [--json] [--vkey KEY] [--checkpoint FILE]... [--require-complete] [DIR|TAR]'
HELP = USAGE + '''

Verifies an evidence bundle of a Quarterdeck ledger: a directory, or a tar of it.
Without a path: the directory that holds this file.

  --vkey KEY          the verifier key, obtained elsewhere
  --checkpoint FILE   checkpoints that were kept elsewhere, one or more in a file; may be repeated
  --json              the report as JSON
  --require-complete  exit 1 also when values were erased
  -h, --help          this text

Exit status: 0 verified, 1 not verified, 2 not readable or no bundle, 64 wrong usage.'''


class Options:
    def __init__(self, words):
        self.json = self.complete = self.help = False
        self.vkey, self.checkpoints, self.path = None, [], None
        words = list(words)
        plain = False
        while words:
            word = words.pop(0)
            name, equals, value = word.partition('=')
            if plain or not word.startswith('-') or word == '-':
                if self.path is not None:
                    raise Usage('there is more than one path')
                self.path = word
            elif word == '--':
                plain = True
            elif word in ('-h', '--help'):
                self.help = True
            elif word == '--json':
                self.json = True
            elif word == '--require-complete':
                self.complete = True
            elif name in ('--vkey', '--checkpoint'):
                if not equals:
                    if not words:
                        raise Usage('%s needs a value' % name)
                    value = words.pop(0)
                self._set(name, value)
            else:
                raise Usage('there is no option %s' % shown(word))

    def _set(self, name, value):
        if name == '--checkpoint':
            self.checkpoints.append(value)
            return
        try:
            self.vkey = Key(value.strip())
        except Malformed:
            raise Usage('the value of --vkey is no verifier key: it looks like NAME+8 hex digits+base64')


def own_digest():
    with open(os.path.abspath(__file__), 'rb') as file:
        return sha256(file.read()).hexdigest()


class Progress:
    """One line on a terminal that says how far the reading is."""

    def __init__(self):
        self.told = False

    def __call__(self, done):
        if done & 0x3FFF == 0 and sys.stderr is not None and sys.stderr.isatty():
            self.told = True
            sys.stderr.write('\r%s entries read' % format(done, ','))
            sys.stderr.flush()

    def end(self):
        if self.told:
            sys.stderr.write('\r\x1b[K')


def print_report(report, path):
    key, head = report['key'], report['head']
    where = {'given': 'given with --vkey', 'bundle': 'read from the bundle itself'}[key['source']]
    print('%s: %s' % (shown(path), report['verdict']))
    if report['failure_reason'] is not None:
        print('  %s' % shown(report['failure_reason']))
    if report['failure_index'] is not None:
        print('  first bad entry: %d' % report['failure_index'])
    print('  entries:      %d' % report['entries'])
    print('  checkpointed: %d, by %d checkpoints in the bundle' % (report['checkpointed'], report['checkpoints']))
    print('  erased:       %d values, as entries of the log say' % report['redacted'])
    if report['witnessed'] is not None:
        seen = report['witnessed']
        print('  sent off:     size %d to %s at %s, as an entry says' % (seen['size'], shown(seen['where']), shown(seen['at'])))
    print('  head:         size %d, root %s' % (head['size'], head['root'] or 'unknown'))
    print('  key:          %s, %s' % (key['id'] or 'none', where))
    print('Not proved:')
    for line in report['not_proved']:
        print('  - %s' % line)
    print('This verifier: SHA-256 %s' % own_digest())


def print_proof(proof, out):
    print('The proof, two signed notes that cannot both be true:', file=out)
    for note in proof:
        for line in note[:-1].split('\n'):
            print('  | %s' % shown(line), file=out)
        print(file=out)


def unheard(stream, do, *args, **named):
    """Prints; a reader that went away, as head does, changes nothing about the verdict."""
    try:
        do(*args, **named)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def size_of(source):
    """The size of the log that a bundle says it is of; None when it does not say so as it must."""
    if source.fault is not None or source.files.get('range.json', PIECE + 1) > PIECE:
        return None
    try:
        return Range(source.read('range.json')).size
    except (Malformed, Unreadable, OSError):
        return None  # The verification reads it again and says what is wrong.


def size_in(raw):
    try:
        return Checkpoint(raw, '').size
    except Malformed:
        return 0


def comparable(source, name, notes):
    """
    The notes of a file that a bundle is compared with, and whether a line said that some are not. An anchor's file
    grows with its log, so it holds notes that no older bundle can bear out. A note that is given alone is meant.
    """
    size = size_of(source) if len(notes) > 1 else None
    later = [size_in(raw) for raw in notes if size is not None and size_in(raw) > size]
    if later:
        told = (
            '1 note in %s is of a later state of the log (size %d) and was not compared' % (shown(name), later[0])
            if len(later) == 1
            else '%d notes in %s are of a later state of the log (up to size %d) and were not compared'
            % (len(later), shown(name), max(later))
        )
        unheard(sys.stderr, print, told, file=sys.stderr)
    where = [name if len(notes) == 1 else '%s (note %d)' % (name, i + 1) for i in range(len(notes))]
    return [one for one in zip(where, notes) if size is None or size_in(one[1]) <= size]


def judged(options, path):
    files = []
    for name in options.checkpoints:
        with open(name, 'rb') as file:
            files.append((name, notes_in(file.read())))
    source = open_source(path)
    kept = [one for name, notes in files for one in comparable(source, name, notes)]
    progress = Progress()
    try:
        return verify(source, options.vkey, kept, progress)
    finally:
        progress.end()


def run(words):
    options = Options(words)
    if options.help:
        unheard(sys.stdout, print, HELP)
        return 0
    path = options.path
    if path is None:
        path = os.path.dirname(os.path.abspath(__file__))
    report, proof = judged(options, path)
    if options.json:
        unheard(sys.stdout, print, json.dumps(report))
    else:
        unheard(sys.stdout, print_report, report, path)
    if proof is not None:
        out = sys.stderr if options.json else sys.stdout
        unheard(out, print_proof, proof, out)
    if not report['verified']:
        return 1
    if not options.complete or not report['redacted']:
        return 0
    told = '%d values were erased, and --require-complete was given' % report['redacted']
    unheard(sys.stderr, print, told, file=sys.stderr)
    return 1


def main(words):
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors='backslashreplace')
    try:
        return run(words)
    except Usage as problem:
        print('%s\n%s' % (problem, USAGE), file=sys.stderr)
        return 64
    except Unreadable as problem:
        print('not readable: %s' % problem, file=sys.stderr)
        return 2
    except OSError as problem:
        print('not readable: %s: %s' % (shown(problem.filename or 'a file'), problem.strerror or problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('interrupted', file=sys.stderr)
        return 2
    except Exception as problem:
        print('internal error: %s: %s' % (type(problem).__name__, shown(problem)), file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
