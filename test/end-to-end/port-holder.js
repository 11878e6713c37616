// A program that holds a serial port, as a till does: opened and locked until it is ended.
import { SerialPort } from 'serialport'

const port = new SerialPort({ path: process.argv[2], baudRate: 9600, autoOpen: false })
port.open((error) => {
  console.log(error ? error.message : 'held')
})
// Nothing else keeps this process alive.
setInterval(() => undefined, 60_000)
