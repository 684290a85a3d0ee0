import type { Socket } from 'node:net';

/** Connections whose client can send no key: they came to a port that is bound to one. */
export class BoundKeys {
  private readonly keys = new WeakMap<Socket, string>();
  private isUsed = false;

  bind(socket: Socket, key: string): void {
    this.isUsed = true;
    this.keys.set(socket, key);
  }

  of(socket: Socket): string | undefined {
    return this.isUsed ? this.keys.get(socket) : undefined;
  }
}
