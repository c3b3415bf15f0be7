import mqttPacket from 'mqtt-packet';

// else the first packet makes a buffer for each of the 65,536 packet ids: 20 MB in each process, to save two bytes a packet
mqttPacket.writeToStream.cacheNumbers = false;

export default mqttPacket;
