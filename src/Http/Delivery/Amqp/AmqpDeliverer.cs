using System.Net.Sockets;
using DToC.Http.Delivery.Webhooks;
using DToC.Twin;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DToC.Http.Delivery.Amqp;

/// <summary>
/// Brings messages to an exchange of an AMQP 0-9-1 broker: persistent, mandatory, and done when the broker confirms.
/// </summary>
internal sealed class AmqpDeliverer(Destination destination, AddressGuard guard, TimeProvider time) : IDeliverer
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <inheritdoc/>
    public async ValueTask<DeliveryAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(destination.Settings.ToTimeLimit(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var channel = await ChannelAsync(either.Token);
            // Ends when the broker has confirmed it.
            await channel.BasicPublishAsync(
                destination.Settings.Exchange ?? "", message.RoutingKey, mandatory: true, PropertiesOf(message),
                message.Body, either.Token);
            return DeliveryAnswer.Taken.Instance;
        }
        catch (PublishException refused)
        {
            return new DeliveryAnswer.NotTaken(
                refused.IsReturn ? DeliveryReasons.NotRouted : DeliveryReasons.NotConfirmed);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await DisconnectAsync();
            return new DeliveryAnswer.NotTaken(DeliveryReasons.TimedOut);
        }
        catch (AddressNotAllowedException)
        {
            return new DeliveryAnswer.NotTaken(DeliveryReasons.AddressNotAllowed);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or SocketException
            or ObjectDisposedException)
        {
            await DisconnectAsync();
            return new DeliveryAnswer.NotTaken(DeliveryReasons.NotConnected);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _connecting.Dispose();
    }

    private BasicProperties PropertiesOf(OutgoingMessage message) => new()
    {
        Persistent = true,
        MessageId = message.Id,
        Type = message.Type,
        ContentType = "application/json",
        AppId = "dtoc",
        Timestamp = new AmqpTimestamp(Instant.From(time.GetUtcNow()).UnixMs / 1_000),
    };

    private async ValueTask<IChannel> ChannelAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _channel) is { IsOpen: true } open) return open;
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_channel is { IsOpen: true } opened) return opened;
            await CloseAsync();
            var settings = destination.Settings;
            var password = destination.Connector.SecretsOf(Destination.PasswordName, Instant.From(time.GetUtcNow()))
                .FirstOrDefault().Value;
            _connection = await AmqpConnection.OpenAsync(
                settings.Url ?? "", settings.User, password, $"dtoc destination {destination.Name}", guard,
                cancellation);
            var channel = await _connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                cancellation);
            Volatile.Write(ref _channel, channel);
            return channel;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async ValueTask DisconnectAsync()
    {
        await _connecting.WaitAsync();
        try
        {
            await CloseAsync();
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        try
        {
            if (channel is not null) await channel.DisposeAsync();
            if (connection is not null) await connection.DisposeAsync();
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or SocketException
            or ObjectDisposedException or OperationCanceledException)
        {
            // It was broken already.
        }
    }
}
