/**
 * Appends chunks to a record that has not ended. Twice the room that is needed is set aside, so that a long record is not copied
 * again for each of its chunks.
 */
export class JoinedBytes {
  private room: Buffer = Buffer.alloc(0);

  /** @param kept the end of the last result, or any other bytes. Joining overwrites what followed it. */
  join(kept: Buffer, bytes: Buffer): Buffer {
    const size = kept.length + bytes.length;
    const at = kept.buffer === this.room.buffer ? kept.byteOffset - this.room.byteOffset : -1;
    if (at >= 0 && at + size <= this.room.length) {
      bytes.copy(this.room, at + kept.length);
      return this.room.subarray(at, at + size);
    }
    this.room = Buffer.allocUnsafeSlow(2 * size);
    kept.copy(this.room);
    bytes.copy(this.room, kept.length);
    return this.room.subarray(0, size);
  }
}
