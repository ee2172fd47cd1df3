using System.Buffers.Text;

namespace MlDeploy.Bench.Model;

/// <summary>
/// A CSV file of 20 columns from a fixed seed: whole and real numbers, small and large, skewed, few-valued, flags, categories, and missing values.
/// The same rows give the same bytes everywhere.
/// </summary>
internal static class BigFile
{
    private static readonly string[] Countries = ["DE", "AT", "CH", "FR", "IT", "NL", "PL", "ES", "US", "GB", "SE", "DK"];

    public static void Write(string file, long rows, int seed = 1)
    {
        using var to = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        to.Write("id,amount,age,country,balance,ratio,score,latitude,longitude,clicks,flag,hour,weekday,channel,seconds,price,quantity,tenure,risk,limit\n"u8);
        var random = new Random(seed);
        var buffer = new byte[4096];
        for (var row = 0L; row < rows; row++)
        {
            var at = 0;
            Whole(row);
            Real(Math.Exp(3 + Streams.Normal(random)), 2);
            Whole(18 + (long)(random.NextDouble() * 70));
            Text(Countries[(int)(random.NextDouble() * random.NextDouble() * Countries.Length)]);
            Real(1000 * Streams.Normal(random), 2);
            Real(random.NextDouble(), 6);
            Real(Streams.Normal(random), 4);
            Real(47 + (8 * random.NextDouble()), 5);
            Real(6 + (9 * random.NextDouble()), 5);
            Whole((long)Math.Exp(2 * random.NextDouble()));
            Whole(random.NextDouble() < 0.2 ? 1 : 0);
            Whole(row % 24);
            Whole(row % 7);
            Text(random.NextDouble() < 0.7 ? "web" : random.NextDouble() < 0.5 ? "app" : "shop");
            Real(-30 * Math.Log(1 - random.NextDouble()), 3);
            if (random.NextDouble() < 0.02)
            {
                buffer[at++] = (byte)',';
            }
            else
            {
                Real(9.99 + (10 * random.NextDouble()), 2);
            }

            Whole(1 + (long)(5 * random.NextDouble() * random.NextDouble()));
            Whole((long)(3650 * random.NextDouble()));
            Real(1 / (1 + Math.Exp(-Streams.Normal(random))), 5);
            Whole(500 * (1 + (long)(20 * random.NextDouble())));
            buffer[at - 1] = (byte)'\n';
            to.Write(buffer, 0, at);

            void Whole(long value)
            {
                Utf8Formatter.TryFormat(value, buffer.AsSpan(at), out var written);
                at += written;
                buffer[at++] = (byte)',';
            }

            void Real(double value, byte digits)
            {
                Utf8Formatter.TryFormat(value, buffer.AsSpan(at), out var written, new System.Buffers.StandardFormat('F', digits));
                at += written;
                buffer[at++] = (byte)',';
            }

            void Text(string text)
            {
                at += System.Text.Encoding.ASCII.GetBytes(text, buffer.AsSpan(at));
                buffer[at++] = (byte)',';
            }
        }
    }
}
