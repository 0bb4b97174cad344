#!/bin/sh
# Builds .venv from the hash-locked requirements.txt, once; again only when the lock, the Python or the folder changed.
# Uses uv (itself from the lock), because it is several times faster, and pip when uv cannot reach what pip can.
# `setup.sh tests` also brings other people's clients of Exact, into a folder of their own, as they cannot live beside Airflow.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV UV_PROJECT_ENVIRONMENT || true

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    { echo "setup: Python 3.11 or newer is needed as '$PYTHON' (set PYTHON=... to name another one)" >&2; exit 1; }
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
    { echo "setup: $PYTHON has no venv module (Debian: apt-get install python3-venv)" >&2; exit 1; }

state() {
    pwd -P
    "$PYTHON" -VV
    cksum "$@"
}
# What pip's own configuration says about option $1, or nothing.
pip_says() {
    .venv/bin/python -m pip config get "global.$1" 2>/dev/null || .venv/bin/python -m pip config get ":env:.$1" 2>/dev/null || true
}
use_pips_settings() {
    index=${UV_DEFAULT_INDEX:-$(pip_says index-url)} more=${UV_INDEX:-$(pip_says extra-index-url)} certificate=${SSL_CERT_FILE:-$(pip_says cert)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
    [ -z "$more" ] || export UV_INDEX="$more"
    [ -z "$certificate" ] || export SSL_CERT_FILE="$certificate"
    [ -w "${HOME:-/nonexistent}" ] || export UV_NO_CACHE=1
}
# Any index may offer a file: the hashes of the lock decide which ones are taken.
install_locked() {
    UV_INDEX_STRATEGY=unsafe-best-match UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} \
        .venv/bin/python -m uv pip install --quiet --python .venv/bin/python --require-hashes "$@"
}
install_with_uv() {
    awk '/^[^ #]/ {on = /^uv==/} on && !/^ *#/' requirements.txt >.venv/uv.txt
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r .venv/uv.txt || return 1
    use_pips_settings
    install_locked -r requirements.txt
}
install_clients() {
    rm -rf .venv/clients
    (use_pips_settings; install_locked --target .venv/clients -r requirements-clients.txt) ||
        .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --target .venv/clients -r requirements-clients.txt
}
install_with_pip() {
    echo "setup: uv could not install, pip does it (slower)" >&2
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
}

if [ "$(state requirements.txt)" != "$(cat .venv/packages.state 2>/dev/null)" ]; then
    echo "setup: building .venv (the first time downloads some 400 MB)"
    "$PYTHON" -m venv --clear .venv
    install_with_uv || install_with_pip
    state requirements.txt >.venv/packages.state
fi
if [ "$(state pyproject.toml)" != "$(cat .venv/project.state 2>/dev/null)" ]; then
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
    state pyproject.toml >.venv/project.state
fi
if [ "${1:-}" = tests ] && [ "$(state requirements-clients.txt)" != "$(cat .venv/clients.state 2>/dev/null)" ]; then
    install_clients
    state requirements-clients.txt >.venv/clients.state
fi
