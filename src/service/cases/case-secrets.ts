/** What only a holder of the data key can compute about a case: its number, its marks, and where the picture appeared. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { type CaseNumber, caseNumberOf } from '../../domain/case-number.js';
import type { DataKey } from '../../domain/data-key.js';

const nonceBytes = 12;

export class CaseSecrets {
  private readonly key: Uint8Array;

  constructor(dataKey: DataKey) {
    this.key = dataKey.derive('case');
  }

  /**
   * The same request has the same number, so a retry finds the case although the number is stored nowhere. Without the data key, a
   * person who knows the request cannot compute it.
   */
  numberFor(request: unknown): CaseNumber {
    return caseNumberOf(this.hmac('number', JSON.stringify(request)));
  }

  markOfNumber(number: CaseNumber): Uint8Array {
    return this.hmac('mark of a number', number);
  }

  markOfAddress(address: string): Uint8Array {
    return this.hmac('mark of an address', address);
  }

  /** What scrypt gets. A guess at a PIN needs the data key. */
  pepperedPin(pin: string): Uint8Array {
    return this.hmac('pin', pin.normalize('NFKC'));
  }

  proofMac(text: string): Uint8Array {
    return this.hmac('proof', text);
  }

  /** Nonce, ciphertext, tag (AES-256-GCM), bound to the case. */
  seal(caseId: string, text: string): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv('aes-256-gcm', this.hmac('seal', ''), nonce).setAAD(Buffer.from(caseId));
    const body = sealing.update(text, 'utf8');
    return Buffer.concat([nonce, body, sealing.final(), sealing.getAuthTag()]);
  }

  private hmac(purpose: string, text: string): Uint8Array {
    return createHmac('sha256', this.key).update(`${purpose}\n${text}`).digest();
  }
}
