import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Arguments: brokers, topic, compression, then pairs of key and value in Base64. Says the partition of each. */
public class Produce {
  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("compression.type", arguments[2]);
    settings.put("acks", "all");
    settings.put("linger.ms", "200");
    StringSerializer text = new StringSerializer();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
      java.util.List<java.util.concurrent.Future<org.apache.kafka.clients.producer.RecordMetadata>> sent =
          new java.util.ArrayList<>();
      for (int at = 3; at + 1 < arguments.length; at += 2)
        sent.add(producer.send(new ProducerRecord<>(arguments[1], decoded(arguments[at]), decoded(arguments[at + 1]))));
      for (java.util.concurrent.Future<org.apache.kafka.clients.producer.RecordMetadata> one : sent)
        System.out.println(one.get().partition());
    }
  }

  /** The JVM reads arguments in the character set of the locale, which may have no such letters. */
  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }
}
