namespace DToC.Load.Client;

/// <summary>One connection that sends events and waits until they are durable, over and over.</summary>
internal interface IExchange : IDisposable
{
    /// <summary>Sends the next events; false when there are no more.</summary>
    bool Send();

    /// <summary>Waits for the answer to what was sent last; returns how many events it made durable.</summary>
    /// <exception cref="InvalidOperationException">It says anything else.</exception>
    int Receive();
}
