r"""Names of the repositories and machine paths that a coding agent's prompts show.

What counts, by its first components, so that all files of one checkout agree:

- `/home/NAME/X`, `/Users/NAME/X`, `C:\Users\NAME\X`: three components;
- `github.com/OWNER/REPO` (also gitlab.com, bitbucket.org) and `git@HOST:OWNER/REPO`: host, owner and repository;
- an absolute path after "directory" or "cwd", as in `Working directory: /srv/acme/api`: up to four, at least three.

Names that stand for nobody (`/home/user`, `/home/ubuntu`, `github.com/owner`) and folders that every machine or
container has (`/usr`, `/app`, `/workspace`) do not count. Case and doubled separators are folded.
"""
# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt

from stillwatch.engine.compiled import aside, piece

LONGEST_COMPONENT = 64
NAME_ROOM = 4 * (LONGEST_COMPONENT + 1)
NOBODY = (
    "user username users ubuntu root admin administrator test tester name yourname your_name your-name your_username "
    "your-username yourusername your_user youruser you me my someone someuser some_user john johndoe john_doe jdoe "
    "jane janedoe doe alice bob foo bar example runner vscode node coder app appuser dev developer ec2-user centos "
    "debian pi vagrant docker git shared public default home sandbox workspace gitpod codespace jovyan path owner org "
    "orgs organization features topics settings search sponsors marketplace about login apps"
)
EVERYWHERE = (
    "usr bin sbin etc app apps tmp var proc dev lib lib64 sys boot run workspace workspaces code src data project "
    "projects repo path your home users root mnt media private"
)

SLASH, BACKSLASH, _COLON, AT, _DOT = np.frombuffer(rb"/\:@.", np.uint8)


def _name_hash(name: str) -> int:
    value = 14695981039346656037
    for byte in name.encode():
        value = ((value ^ byte) * 1099511628211) % 2**64
    return value


_TEXTS = ("home/", "Users/", "Users\\", "github.com", "gitlab.com", "bitbucket.org", "directory", "cwd", "git@", ".git")
_HOME, _USERS, _WINDOWS, _FIRST_HOST, _, _LAST_HOST, _DIRECTORY, _CWD, _GIT, _DOT_GIT = range(len(_TEXTS))
_SIZES = np.array([len(text) for text in _TEXTS])
_PATTERNS = np.array([list(text.encode().ljust(16, b"\0")) for text in _TEXTS], np.uint8)
_NOBODY = np.array([_name_hash(name) for name in NOBODY.split()], np.uint64)
_EVERYWHERE = np.array([_name_hash(name) for name in EVERYWHERE.split()], np.uint64)


def _kinds_of_bytes() -> npt.NDArray[np.uint8]:
    """Return 2 for bytes of a path component, 1 for what may stand between a marker and a path, 0 for others."""
    kinds = np.zeros(256, np.uint8)
    kinds[128:] = 2
    kinds[[ord(c) for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+@~"]] = 2
    kinds[[ord(c) for c in " :=\"'`>("]] = 1
    return kinds


_KIND = _kinds_of_bytes()
_ENDS_HOST = np.isin(np.arange(256), [ord(c) for c in "mMgG"])


@piece
def _lower(byte):
    return byte | np.uint8(32) if 65 <= byte <= 90 else byte


@piece
def _is_at(data, at, bounds, which):
    """Return whether a pattern stands at `at`, within the bounds; case counts for folders only."""
    if at < bounds[0] or at + _SIZES[which] > bounds[1]:
        return False
    for shift in range(_SIZES[which]):
        byte = data[at + shift]
        if (byte if which < _FIRST_HOST else _lower(byte)) != _PATTERNS[which, shift]:
            return False
    return True


@piece
def _ends_at(data, end, bounds, which):
    return _is_at(data, end - _SIZES[which], bounds, which)


@piece
def _known(name, start, end, hashes):
    value = np.uint64(14695981039346656037)
    for at in range(start, end):
        value = (value ^ np.uint64(name[at])) * np.uint64(1099511628211)
    known = False
    for at in range(hashes.size):
        known |= hashes[at] == value
    return known


@piece
def _component(data, at, end, name, size):
    """Append the component at `at` to `name`; return where it ends, and the new size: the old one where it is unfit."""
    start = at
    while at < end and _KIND[data[at]] == 2:
        at += 1
    last = at
    while last > start and data[last - 1] == _DOT:
        last -= 1
    if last == start or last - start > LONGEST_COMPONENT:
        return at, size
    if size > 0:
        name[size] = SLASH
        size += 1
    for shift in range(start, last):
        name[size] = _lower(data[shift])
        size += 1
    return at, size


@piece
def _components(data, at, end, most, name):
    """Write up to `most` components to `name`; return how many, its size, and the ends of the first two."""
    size, first, second = 0, 0, 0
    for found in range(most):
        at, grown = _component(data, at, end, name, size)
        if grown == size:
            return found, size, first, second
        size = grown
        if found == 0:
            first = size
        elif found == 1:
            second = size
        before = at
        while at < end and at < before + 2 and (data[at] == SLASH or data[at] == BACKSLASH):
            at += 1
        if at == before:
            return found + 1, size, first, second
    return most, size, first, second


@piece
def _repository(data, host, at, bounds, name):
    """Write `host/owner/repository`, where `host` is its first byte and `at` that of the owner."""
    size = 0
    for shift in range(host, at - 1):
        if size < LONGEST_COMPONENT:
            name[size] = _lower(data[shift])
            size += 1
    owner = size + 1
    to, grown = _component(data, at, bounds[1], name, size)
    if grown == size or to >= bounds[1] or data[to] != SLASH or _known(name, owner, grown, _NOBODY):
        return 0
    _, size = _component(data, to + 1, bounds[1], name, grown)
    if size == grown:
        return 0
    return size - 4 if size - grown > 5 and _ends_at(name, size, (0, size), _DOT_GIT) else size


@piece
def _home(data, at, bounds, name):
    found, size, first, second = _components(data, at + 1, bounds[1], 3, name)
    return 0 if found < 3 or _known(name, first + 1, second, _NOBODY) else size


@piece
def _follows_marker(data, at, bounds):
    before = at
    while before > bounds[0] and before > at - 5 and _KIND[data[before - 1]] == 1:
        before -= 1
    return before < at and (_ends_at(data, before, bounds, _DIRECTORY) or _ends_at(data, before, bounds, _CWD))


@piece
def _remote(data, at, bounds):
    """Return where host and owner begin, given the slash between owner and repository of `git@HOST:OWNER/REPO`.

    For any other slash the host is -1.
    """
    colon = at - 1
    while colon > bounds[0] and colon > at - LONGEST_COMPONENT and _KIND[data[colon]] == 2:
        colon -= 1
    if colon < bounds[0] or data[colon] != _COLON:
        return -1, at
    host = colon
    while host > bounds[0] and host > colon - LONGEST_COMPONENT and data[host - 1] != AT:
        if _KIND[data[host - 1]] != 2:
            return -1, at
        host -= 1
    return (host if _ends_at(data, host, bounds, _GIT) else -1), colon + 1


@piece
def _drive_at(data, at, bounds):
    """Return whether `C:` or, as in quoted text, `C:` and another backslash stand before the backslash at `at`."""
    colon = at - 2 if at > bounds[0] and data[at - 1] == BACKSLASH else at - 1
    return colon > bounds[0] and data[colon] == _COLON


@piece
def _absolute(data, at, bounds, name):
    if at + 1 >= bounds[1] or _KIND[data[at + 1]] != 2:
        return 0
    if _is_at(data, at + 1, bounds, _HOME) or _is_at(data, at + 1, bounds, _USERS):
        return _home(data, at, bounds, name)
    if not _follows_marker(data, at, bounds):
        return 0
    found, size, first, _ = _components(data, at + 1, bounds[1], 4, name)
    return 0 if found < 3 or _known(name, 0, first, _EVERYWHERE) else size


@aside
def path_at(data, at, bounds, remotes, name):
    """Write the name of the path that the slash at `at` belongs to; return its size, 0 for none that counts.

    Parameters
    ----------
    bounds
        Where the text starts and ends in `data`.
    remotes
        Whether an `@` may stand before the slash: without one, no `git@HOST:OWNER/REPO` is looked for.
    name
        Room for `NAME_ROOM` bytes.
    """
    if data[at] == BACKSLASH:
        on_drive = _is_at(data, at + 1, bounds, _WINDOWS) and _drive_at(data, at, bounds)
        return _home(data, at, bounds, name) if on_drive else 0
    if at == bounds[0] or _KIND[data[at - 1]] != 2:
        return _absolute(data, at, bounds, name)
    host, owner = _remote(data, at, bounds) if remotes else (-1, at)
    if _ENDS_HOST[data[at - 1]]:
        for known in range(_FIRST_HOST, _LAST_HOST + 1):
            if _ends_at(data, at, bounds, known):
                host, owner = at - _SIZES[known], at + 1
    return _repository(data, host, owner, bounds, name) if host >= 0 else 0


@piece
def _begins(name, size, which):
    same = size >= _SIZES[which]
    for shift in range(min(size, _SIZES[which])):
        same &= name[shift] == _lower(_PATTERNS[which, shift])
    return same


@piece
def owner_in(name, size):
    """Return how much of the name of a path names the person in whose home folder it lies; 0 where it is in none."""
    if _begins(name, size, _HOME):
        at = _SIZES[_HOME]
    elif _begins(name, size, _USERS):
        at = _SIZES[_USERS]
    else:
        return 0
    while at < size and name[at] != SLASH:
        at += 1
    return at
