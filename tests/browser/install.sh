#!/bin/sh
# See that the browser tests find today's Chromium, Firefox ESR, a Chromium of 2021 and a Chinese font: install Debian's
# as root, else say what to do.
set -eu

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
firefox() { command -v firefox-esr || command -v firefox; }
cjk_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]; }

if ! { chromium && firefox && cjk_font; } >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "浏览器测试需要 Chromium、Firefox 和中文字体。请安装后重试（Debian/Ubuntu：sudo apt-get install chromium firefox-esr fonts-noto-cjk）。" >&2
        exit 1
    fi
    echo "正在安装 Chromium、Firefox 和中文字体（仅测试需要）……"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium firefox-esr fontconfig fonts-noto-cjk >/dev/null
    # Chromium without windows costs the tests half the work; older systems do not have it.
    apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 || true
fi
.venv/bin/python tests/browser/old_chromium.py
