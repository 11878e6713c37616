// ACPI battery (BAT0) + mains (AC0) for a QEMU guest, driven live from the host: the value is the scratch register of COM2 (0x2FF),
// bits 0-6 = charge %, bit 7 = mains present. Host: HMP "o /b 0x2ff <value>". Needs: -chardev null,id=n -device isa-serial,index=1,chardev=n -acpitable file=battery.aml
DefinitionBlock ("battery.aml", "SSDT", 2, "LAB", "BATTERY", 1)
{
  Scope (\_SB)
  {
    OperationRegion (LREG, SystemIO, 0x2FF, 1)
    Field (LREG, ByteAcc, NoLock, Preserve) { LVAL, 8 }
    Device (AC0) { Name (_HID, "ACPI0003") Name (_UID, 1) Name (_PCL, Package(){\_SB}) Method (_PSR, 0) { Return ((LVAL >> 7) & 1) } Method (_STA, 0) { Return (0x0F) } }
    Device (BAT0) {
      Name (_HID, EisaId ("PNP0C0A")) Name (_UID, 1) Name (_PCL, Package(){\_SB})
      Method (_STA, 0) { Return (0x1F) }
      Method (_BIF, 0) { Return (Package(){ 1, 4400, 4000, 1, 11100, 400, 200, 10, 10, "POS-BAT", "42", "LION", "Lab" }) }
      Name (PBST, Package(){ 1, 1000, 0, 10800 })
      Method (_BST, 0) { Local0 = LVAL & 0x7F; Local1 = (LVAL >> 7) & 1
        If (Local1) { If (Local0 < 100) { PBST[0] = 2 } Else { PBST[0] = 0 } } Else { PBST[0] = 1 }
        If (Local0 <= 5) { PBST[0] = DerefOf(PBST[0]) | 4 }
        PBST[2] = 40 * Local0; Return (PBST) }
    }
  }
}
