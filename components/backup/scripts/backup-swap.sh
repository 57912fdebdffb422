# The last step of a restore, and what comes after it. Each can be killed and run again.
#
#   swap      what was fetched takes the place of the state; the state is kept beside it
#   put-back  the state that was kept takes its place again; what was restored is kept beside it
#   clean     neither is kept any longer
#
# Environment: VOLUME; RESTORE_ID, digits.
cd "$VOLUME"
before=state.before-$RESTORE_ID
undone=state.undone-$RESTORE_ID
case $1 in
swap)
  if [ -e "$before" ]; then
    # A run that was killed has set it aside already; what stands in its place is that run's.
    rm -rf state
  elif [ -e state ]; then
    mv state "$before"
  fi
  mv restoring state
  ;;
put-back)
  rm -rf restoring
  if [ -e "$before" ]; then
    if [ -e state ]; then
      rm -rf "$undone"
      mv state "$undone"
    fi
    mv "$before" state
  fi
  ;;
clean)
  rm -rf restoring state.before-* state.undone-*
  ;;
esac
sync
echo "files: $1"
