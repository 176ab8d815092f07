using System.Net.Sockets;
using System.Threading.Channels;
using DToC.Http.Delivery.Webhooks;
using DToC.Http.Events;
using DToC.Twin.Events;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace DToC.Http.Delivery.Amqp;

/// <summary>
/// Fetches touchpoint events from one queue. A message is acknowledged when what it brought is durable; whatever ends
/// before that, it comes again, and the twin knows it by its source and id.
/// </summary>
internal sealed partial class IntakeRun(
    Intake intake, EventIntake events, AddressGuard guard, HttpOptions options, TimeProvider time, ILogger log)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private string? _problem = "Not connected yet";
    private long _taken;
    private long _refused;
    private long _returned;

    /// <summary>The intake.</summary>
    public Intake Intake => intake;

    /// <summary>Its figures.</summary>
    public IntakeStatus Status => new(
        Volatile.Read(ref _problem) is null, Volatile.Read(ref _problem), Volatile.Read(ref _taken),
        Volatile.Read(ref _refused), Volatile.Read(ref _returned));

    /// <summary>Begins.</summary>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <summary>Ends; messages that are not acknowledged by then come again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        await Task.Yield();
        for (var pause = FirstPause; !cancellation.IsCancellationRequested;)
        {
            var begun = time.GetTimestamp();
            try
            {
                await FetchAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (AddressNotAllowedException)
            {
                Volatile.Write(ref _problem, DeliveryReasons.AddressNotAllowed);
            }
            catch (PublishException refused)
            {
                Volatile.Write(ref _problem, refused.IsReturn
                    ? "The exchange for dead letters leads nowhere: a refused message stays in its queue"
                    : "The broker does not take refused messages");
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException or SocketException
                or ObjectDisposedException or OperationCanceledException)
            {
                Volatile.Write(ref _problem, "The broker cannot be reached, or has ended the connection");
            }
#pragma warning disable CA1031 // one intake's fault is no other's; it begins anew
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Faulted(log, intake.Name, fault);
                Volatile.Write(ref _problem, "It met a fault, which is in the log, and begins anew");
            }
            // One that has fetched for a while begins anew soon, whatever it met before.
            if (time.GetElapsedTime(begun) > LongestPause) pause = FirstPause;
            await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task FetchAsync(CancellationToken cancellation)
    {
        var settings = intake.Settings;
        await using var connection = await AmqpConnection.OpenAsync(
            settings.Url ?? "", settings.User, intake.Password, $"dtoc intake {intake.Name}", guard, cancellation);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellation);
        await channel.BasicQosAsync(0, (ushort)settings.Prefetch, global: false, cancellation);
        // The broker sends no more than that before it has acknowledgements.
        var fetched = Channel.CreateBounded<Fetched>(settings.Prefetch);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            // The client's own memory ends with this call.
            var copy = new Fetched(
                message.DeliveryTag, message.Body.ToArray(), new BasicProperties(message.BasicProperties));
            await fetched.Writer.WriteAsync(copy, cancellation);
        };
        channel.ChannelShutdownAsync += (_, _) =>
        {
            fetched.Writer.TryComplete(new IOException("The channel was closed."));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(settings.Queue ?? "", autoAck: false, consumer, cancellation);
        Volatile.Write(ref _problem, null);
        List<Fetched> batch = [];
        while (await fetched.Reader.WaitToReadAsync(cancellation))
        {
            batch.Clear();
            while (batch.Count < options.ChunkEvents && fetched.Reader.TryRead(out var message)) batch.Add(message);
            await TakeAsync(channel, batch, cancellation);
        }
    }

    private async Task TakeAsync(IChannel channel, List<Fetched> batch, CancellationToken cancellation)
    {
        var mode = new IntakeMode(options.StreamPatience, IsBulk: true);
        var incoming = batch.ConvertAll(static message => new IncomingEvent(message.Body, 0, RefusalOf(message)));
        var answers = await await events.StartAsync(incoming, mode, cancellation);
        var mustWait = false;
        for (var i = 0; i < answers.Length; i++)
        {
            switch (answers[i].Status)
            {
                case AnswerStatus.Retry:
                    mustWait = true;
                    Interlocked.Increment(ref _returned);
                    await channel.BasicNackAsync(batch[i].Tag, multiple: false, requeue: true, cancellation);
                    continue;
                case AnswerStatus.Refused:
                    await RefuseAsync(channel, batch[i], answers[i], cancellation);
                    Interlocked.Increment(ref _refused);
                    break;
                default:
                    Interlocked.Increment(ref _taken);
                    break;
            }
            await channel.BasicAckAsync(batch[i].Tag, multiple: false, cancellation);
        }
        // What was given back comes at once: not to be asked for in a circle.
        if (mustWait) await Task.Delay(FirstPause, time, cancellation);
    }

    /// <summary>Brings a refused message where a person finds it, before it is acknowledged.</summary>
    private async ValueTask RefuseAsync(
        IChannel channel, Fetched message, EventAnswer answer, CancellationToken cancellation)
    {
        var properties = new BasicProperties(message.Properties)
        {
            Persistent = true,
            Headers = new Dictionary<string, object?>(
                message.Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal),
                StringComparer.Ordinal)
            {
                ["x-dtoc-code"] = answer.Code,
                ["x-dtoc-reason"] = answer.Reason,
                ["x-dtoc-field"] = answer.Field,
                ["x-dtoc-queue"] = intake.Settings.Queue,
            },
        };
        await channel.BasicPublishAsync(
            intake.Settings.DeadLetterExchange ?? "",
            intake.Settings.DeadLetterRoutingKey ?? intake.Settings.Queue ?? "", mandatory: true, properties,
            message.Body, cancellation);
    }

    private static EventReading.Rejected? RefusalOf(Fetched message) =>
        message.Properties.ContentType is { } type
        && type.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase)
            ? EventBody.CheckCloudEvent(message.Body.Span) : null;

    [LoggerMessage(1, LogLevel.Error, "Intake {Intake} met a fault and begins anew.")]
    private static partial void Faulted(ILogger log, string intake, Exception fault);

    /// <summary>A message that was fetched.</summary>
    private sealed record Fetched(ulong Tag, ReadOnlyMemory<byte> Body, BasicProperties Properties);
}
