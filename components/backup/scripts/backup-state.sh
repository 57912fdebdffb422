# The first step of a backup, in OpenClaw's own image, beside the gateway if it runs: OpenClaw's backup of its state,
# unpacked, so that the next one shares with it what has not changed.
#
# Environment: OPENCLAW_STATE_DIR and OPENCLAW_CONFIG_PATH as the gateway has them; WORK, an empty folder.
umask 077
rm -rf "$WORK/tree" "$WORK/archive.tar.gz" "$WORK/unpacked" "$WORK/tmp"
mkdir -p "$WORK/tree" "$WORK/tmp"
if [ ! -e "$OPENCLAW_STATE_DIR" ]; then
  echo "state: none, because OpenClaw has never started"
  mkdir "$WORK/tree/state"
  exit 0
fi

# It keeps copies of databases there meanwhile, and /tmp is memory.
export TMPDIR="$WORK/tmp"
openclaw backup create --output "$WORK/archive.tar.gz" --verify
# With the files' own modes, which the archive has.
(umask 0 && openclaw backup restore "$WORK/archive.tar.gz" --target "$WORK/unpacked" >/dev/null)
mv "$WORK"/unpacked/*/payload/posix"$OPENCLAW_STATE_DIR" "$WORK/tree/state"
mv "$WORK"/unpacked/*/manifest.json "$WORK/tree/openclaw-manifest.json"
rm -rf "$WORK/archive.tar.gz" "$WORK/unpacked" "$WORK/tmp"
echo "state: $(du -sk "$WORK/tree/state" | cut -f 1) KiB"
