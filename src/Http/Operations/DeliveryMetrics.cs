using DToC.Http.Delivery.Amqp;
using DToC.Http.Delivery.Queues;
using DToC.Http.Json;
using DToC.Twin;

namespace DToC.Http.Operations;

/// <summary>Writes destinations and intakes as metrics; labels are the names that operators gave them.</summary>
internal static class DeliveryMetrics
{
    /// <summary>Writes all of it.</summary>
    public static void Write(
        MetricsText text, IReadOnlyList<DestinationStatus> destinations, IReadOnlyList<IntakeForm> intakes, Instant now)
    {
        Write(text, destinations, "dtoc_delivery_running", "gauge", "1 while messages are sent.",
            one => one.IsRunning ? 1 : 0);
        Write(text, destinations, "dtoc_delivery_queue", "gauge", "Messages that wait, of those that were read.",
            one => one.Queue);
        Write(text, destinations, "dtoc_delivery_retrying", "gauge", "Messages that wait for another attempt.",
            one => one.Retrying);
        Write(text, destinations, "dtoc_delivery_in_flight", "gauge", "Messages on their way.", one => one.InFlight);
        Write(text, destinations, "dtoc_delivery_oldest_seconds", "gauge",
            "Age of the oldest message that waits; 0 when none does.", one => one.OldestSeconds(now) ?? 0);
        Write(text, destinations, "dtoc_delivery_dead_letters", "gauge", "Messages that were given up.",
            one => one.Dead);
        Write(text, destinations, "dtoc_delivery_dead_letters_full", "gauge",
            "1 while nothing more can be given up.", one => one.Dead >= one.MaxDead ? 1 : 0);
        Write(text, destinations, "dtoc_delivery_taken_total", "counter", "Messages taken.", one => one.Taken);
        Write(text, destinations, "dtoc_delivery_not_taken_total", "counter", "Attempts in vain.",
            one => one.NotTaken);
        Write(text, destinations, "dtoc_delivery_withheld_total", "counter",
            "Messages not sent, as their customers had said no by then or were erased.", one => one.Withheld);
        text.Family("dtoc_delivery_breaker", "gauge", "1 for the state that the circuit breaker is in.");
        foreach (var one in destinations)
        {
            foreach (var state in Enum.GetValues<BreakerState>())
            {
                text.Sample("dtoc_delivery_breaker", one.Breaker == state ? 1 : 0, ("destination", one.Name),
                    ("state", WireJson.Word(state)));
            }
        }
        Write(text, intakes, "dtoc_intake_connected", "gauge", "1 while events are fetched.",
            status => status.Connected ? 1 : 0);
        Write(text, intakes, "dtoc_intake_taken_total", "counter", "Messages whose events are durable.",
            status => status.Taken);
        Write(text, intakes, "dtoc_intake_refused_total", "counter", "Messages that went to the dead letters.",
            status => status.Refused);
        Write(text, intakes, "dtoc_intake_returned_total", "counter", "Messages given back, to come again.",
            status => status.Returned);
    }

    private static void Write(
        MetricsText text, IReadOnlyList<DestinationStatus> destinations, string name, string type, string help,
        Func<DestinationStatus, double> value)
    {
        text.Family(name, type, help);
        foreach (var one in destinations) text.Sample(name, value(one), ("destination", one.Name));
    }

    private static void Write(
        MetricsText text, IReadOnlyList<IntakeForm> intakes, string name, string type, string help,
        Func<IntakeStatus, double> value)
    {
        text.Family(name, type, help);
        foreach (var intake in intakes) text.Sample(name, value(intake.Status), ("intake", intake.Name));
    }
}
