import mqttPacket from 'mqtt-packet';

// on the first packet it would make a buffer for each of the 65,536 packet ids: 20 MB in each process, to save two bytes a packet
mqttPacket.writeToStream.cacheNumbers = false;

export default mqttPacket;
