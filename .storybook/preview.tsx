import '@fontsource-variable/source-serif-4'
import '@fontsource-variable/source-serif-4/wght-italic.css'
import './preview.css'
import type { Preview } from '@storybook/nextjs-vite'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { mswLoader } from 'msw-storybook-addon/csf3'
import { useEffect } from 'react'
import { resetSelections } from '../components/selection/selection'

const choice = (name: string, items: string[]) => ({
  description: name,
  toolbar: { title: name, items, dynamicTitle: true },
})

const preview: Preview = {
  loaders: [mswLoader()],
  tags: ['autodocs'],
  globalTypes: {
    scheme: choice('Scheme', ['light', 'dark']),
    direction: choice('Direction', ['ltr', 'rtl']),
    locale: choice('Locale', ['en-GB', 'de-DE', 'ar-EG', 'ja-JP']),
  },
  initialGlobals: { scheme: 'light', direction: 'ltr' },
  parameters: {
    layout: 'padded',
    a11y: { test: 'error' },
    controls: { expanded: true },
  },
  beforeEach: () => resetSelections(),
  decorators: [
    (Story, { args, globals, id, parameters }) => {
      const { scheme, direction, turnedDark } = { ...globals, ...parameters.look }
      // A story about a language keeps to its own.
      const locale = args.locale ?? globals.locale
      useEffect(() => {
        document.documentElement.style.colorScheme = scheme
        document.documentElement.dir = direction
        // What create-next-app makes: dark by a media query, and no word of it in `color-scheme`.
        document.body.style.background = turnedDark ? '#0a0a0a' : ''
        document.body.style.color = turnedDark ? '#ededed' : ''
      }, [scheme, direction, turnedDark])
      return (
        // A client of its own for each story: what one was told is not what the next one knows.
        <QueryClientProvider key={id} client={new QueryClient()}>
          <div style={{ maxInlineSize: parameters.width ?? '24rem' }}>
            <Story args={locale ? { ...args, locale } : args} />
          </div>
        </QueryClientProvider>
      )
    },
  ],
}

export default preview
