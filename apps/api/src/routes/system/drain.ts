/** Whether the process is on its way out: it finishes what it has and takes nothing new. */
export class Drain {
  private isOn = false;

  get isDraining(): boolean {
    return this.isOn;
  }

  begin(): void {
    this.isOn = true;
  }
}
