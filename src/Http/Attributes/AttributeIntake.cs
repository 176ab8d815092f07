using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;

namespace DToC.Http.Attributes;

/// <summary>What became of one record, with the reply when nothing happened.</summary>
internal readonly record struct AttributeAnswer(
    string? Customer, AnswerStatus Status, string? Reason, Reply? Reply = null)
{
    /// <summary>As it is shown.</summary>
    public AttributeAnswerForm ToForm(long? line) => new(line, Customer, WireJson.Word(Status), Reason);
}

/// <summary>Takes attributes in: a message a record, sent together, in order for one customer.</summary>
internal sealed class AttributeIntake(ITwinHost host, HttpOptions options, TimeProvider time)
{
    /// <summary>
    /// Reads a chunk and sends it off; the inner task has an answer for each record, in order.
    /// </summary>
    public Task<Task<AttributeAnswer[]>> StartAsync(
        IReadOnlyList<IncomingEvent> records, TimeSpan patience, CancellationToken cancellation)
    {
        var answers = new AttributeAnswer[records.Count];
        List<int> places = [];
        List<Letter> letters = [];
        for (var i = 0; i < answers.Length; i++)
        {
            if (Read(records[i], out answers[i]) is not { } letter) continue;
            places.Add(i);
            letters.Add(letter);
        }
        // Sent here, before anything is awaited: chunks of one stream reach their grains in their order.
        var sent = PatientSending.SendAsync(host, letters, isBulk: true, patience, time, cancellation);
        return Task.FromResult(CompleteAsync(answers, places, letters, sent));
    }

    private static async Task<AttributeAnswer[]> CompleteAsync(
        AttributeAnswer[] answers, List<int> places, List<Letter> letters, Task<Reply[]> sent)
    {
        var replies = await sent;
        for (var i = 0; i < replies.Length; i++) answers[places[i]] = AnswerOf(letters[i].To.Id, replies[i]);
        return answers;
    }

    private static AttributeAnswer AnswerOf(string customer, Reply reply) => reply switch
    {
        Reply.Done => new AttributeAnswer(customer, AnswerStatus.Accepted, null),
        CustomerReply.Refused refused => Refused(customer, refused.Message),
        Reply.Busy => new AttributeAnswer(customer, AnswerStatus.Retry, "busy: send it again", reply),
        Reply.Unavailable unavailable => new AttributeAnswer(
            customer, AnswerStatus.Retry, $"unavailable: {unavailable.Reason}", reply),
        Reply.Failed failed => Refused(customer, $"failed: {failed.Reason}"),
        Reply.Erased => Refused(null, "erased: this customer was erased; nothing was kept"),
        _ => throw new InvalidOperationException($"A customer answered attributes with {reply.GetType().Name}."),
    };

    /// <summary>What a record says to its customer, or null with the answer when it cannot be taken.</summary>
    private Letter? Read(in IncomingEvent record, out AttributeAnswer answer)
    {
        answer = default;
        if (record.Refusal is { } refusal)
        {
            answer = Refused(null, refusal.Message);
            return null;
        }
        if (record.Json.Length > options.Events.MaxEventBytes)
        {
            answer = Refused(
                null, $"The record has {record.Json.Length} bytes; at most {options.Events.MaxEventBytes} are taken");
            return null;
        }
        AttributeRecordForm? form;
        try
        {
            form = JsonSerializer.Deserialize<AttributeRecordForm>(record.Json.Span, WireJson.Options);
        }
        catch (JsonException e)
        {
            answer = Refused(null, $"The record cannot be read: {e.Message}");
            return null;
        }
        if (Fault(form) is { } fault)
        {
            answer = Refused(form?.Customer, fault);
            return null;
        }
        var (customer, message) = MessageOf(form!); // without a fault it is there
        return new Letter(GrainKey.Customer(customer), message);
    }

    private string? Fault(AttributeRecordForm? form)
    {
        if (form is null) return "A record is an object";
        if (string.IsNullOrWhiteSpace(form.Customer)) return "customer is missing";
        if (Encoding.UTF8.GetByteCount(form.Customer) > options.Events.MaxCustomerBytes)
        {
            return $"customer is longer than {options.Events.MaxCustomerBytes} bytes";
        }
        if (HypotheticalId.Is(form.Customer)) return "customer is a hypothetical twin, not a customer";
        if (form.Source is { } source
            && (source.Length == 0 || Encoding.UTF8.GetByteCount(source) > options.Events.MaxSourceBytes))
        {
            return $"source must have 1 to {options.Events.MaxSourceBytes} bytes";
        }
        if (form.Origin is AttributeOrigin.Observed)
        {
            return "origin must be declared, enriched or inferred; what is observed comes with events";
        }
        if (form.Attributes is not { Count: > 0 and <= SaidAttribute.Most })
        {
            return $"attributes must be an object with 1 to {SaidAttribute.Most} attributes";
        }
        foreach (var (name, value) in form.Attributes)
        {
            if (SaidAttribute.Fault(name, value) is { } fault) return $"attributes.{name} {fault}";
        }
        if (form.Time is not { } at) return null;
        var now = Instant.From(time.GetUtcNow());
        return at.UnixMs > now.UnixMs + options.Events.MaxFutureMs || at < options.Events.Earliest
            ? $"time {at} is absurd: it must lie between {options.Events.Earliest} and {now}"
            : null;
    }

    private (string Customer, CustomerMessage.SetAttributes Message) MessageOf(AttributeRecordForm form)
    {
        var changes = form.Attributes!.Select(said => SaidAttribute.Of(said.Key, said.Value)).ToList(); // see Fault
        var message = new CustomerMessage.SetAttributes(
            form.Origin ?? AttributeOrigin.Enriched, form.Source ?? EventReader.DefaultSource,
            form.Time ?? Instant.From(time.GetUtcNow()), changes);
        return (form.Customer!, message); // checked by Fault
    }

    private static AttributeAnswer Refused(string? customer, string reason) =>
        new(customer, AnswerStatus.Refused, reason);
}
