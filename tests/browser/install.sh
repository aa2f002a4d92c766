#!/bin/sh
# See that the browser tests find Chromium and a Chinese font: install Debian's as root, else say what to do.
set -eu

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
cjk_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]; }

if chromium >/dev/null && cjk_font; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "正在安装 Chromium 和中文字体（仅测试需要）……"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null
    exit 0
fi
echo "浏览器测试需要 Chromium 和中文字体。请安装后重试（Debian/Ubuntu：sudo apt-get install chromium fonts-noto-cjk）。" >&2
exit 1
