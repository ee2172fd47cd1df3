namespace MlDeploy.Core.Probing;

/// <summary>Reads an answer's body, up to a limit: whoever answers is not trusted.</summary>
public static class BoundedBody
{
    /// <exception cref="InvalidDataException">The body is larger than the limit.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage reply, int limit, CancellationToken cancel)
    {
        await using var stream = await reply.Content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > limit)
            {
                throw new InvalidDataException($"the answer is larger than {limit >> 20} MiB");
            }
        }

        return body.ToArray();
    }
}
