namespace DToC.Http.Limits;

/// <summary>A body that there is no room for at the moment; answered 429.</summary>
internal sealed class RoomExceededException(Limit limit) : Exception(
    limit == Limit.BytesPerKey
        ? "This key has as many bytes under way as one may have."
        : "There are as many bytes under way as there may be.")
{
    /// <summary>The limit that was hit.</summary>
    public Limit Limit => limit;
}
